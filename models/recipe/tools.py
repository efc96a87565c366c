"""Tools as the model sees them, and requests for them: hand-written domains, and tools put together at random.

A `Tool` is one instance: a name, a description and parameters drawn from a domain's alternatives. Names are often
decorated or invented, so that the model must read the list instead of remembering it.
"""
import re

from archetypes import ARCHETYPES, instance
from domains import Domain, load
from entities import POOLS
from lexicon import NOUNS, VERBS
from wording import reword

HAN = re.compile("[\u4e00-\u9fff]")
OFTEN = {"everyday": 6, "home": 4, "information": 1.5}  # by theme
# The kinds that come with moult. They stand in one prompt all the time, so they must be told apart there.
KIT = "calculate clock convert_units notes home read_file summarize".split()
DECORATED = 0.4  # share of tools whose name carries or is an invented word


_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ZH = "零一二三四五六七八九"


def number_words(language):
    """Whole numbers below 100 as people say them -> value. The adapter offers the same values to copy."""
    if language == "zh":
        tens = ["十"] + [f"{_ZH[n]}十" for n in range(2, 10)]
        return {**{_ZH[n]: n for n in range(10)}, "两": 2, **{t + (_ZH[u] if u else ""): 10 * (i + 1) + u for i, t in enumerate(tens) for u in range(10)}}
    words = {w: n for n, w in enumerate(_UNITS)}
    for i, ten in enumerate(_TENS):
        words[ten] = 20 + 10 * i
        for unit in range(1, 10):
            words[f"{ten}-{_UNITS[unit]}"] = words[f"{ten} {_UNITS[unit]}"] = 20 + 10 * i + unit
    return words


NUMBER_WORDS = {**number_words("en"), **number_words("zh")}
SAY_NUMBER = {language: {value: word for word, value in number_words(language).items() if value} for language in ("en", "zh")}


def numeral(text):
    """The JSON number that a span of digits or a number word stands for."""
    if text.lower() in NUMBER_WORDS:
        return NUMBER_WORDS[text.lower()]
    value = float(text)
    return int(value) if value.is_integer() and "." not in text else value


def spoken(name):
    """getWeather_v2 -> get weather v2"""
    return re.sub(r"[\s_.\-/:]+", " ", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)).strip().lower()


class Field:
    """A parameter of one tool: how it is called there, its type, and where its value comes from."""

    def __init__(self, name, type, optional, source, column=0):
        self.name, self.type, self.optional, self.source, self.column = name, type, optional, source, column

    def value(self, said):
        """The JSON value for what the request said (a span, a number, or the enum's first spelling)."""
        if self.source.values:
            spelled = next(v[0] for v in self.source.values if v[0][0] == said)
            text = spelled[min(self.column, len(spelled) - 1)]
            return text == "true" if self.type == "boolean" else text
        return numeral(said) if self.source.number else said

    def signature(self):
        kind = "|".join(self.type) if isinstance(self.type, list) else self.type
        return f"{self.name}{'?' if self.optional else ''}: {kind}"


class Tool:
    def __init__(self, name, about, fields, domain=None, fixed=None, words=None):
        self.name, self.about, self.fields, self.domain = name, about, fields, domain
        self.fixed = fixed or {}  # enum values that are part of the tool itself ("turn_on")
        self.words = words  # (verb entry, noun entry, noun as the tool calls it) of a random tool
        self.tags = domain.tags if domain else {words[2]}

    def line(self):
        """The tool's line in the prompt; the chat template in gguf.py prints the same."""
        return f"{self.name}({', '.join(f.signature() for f in self.fields)})" + (f" - {self.about}" if self.about else "")


class Toolmaker:
    def __init__(self, random, entities):
        self.random, self.entities, self.language, self.decorated = random, entities, "en", DECORATED
        self.domains = load()
        # What every assistant is asked for comes more often, and so do kinds with many ways to ask.
        self.kit = [[d for d in self.domains if d.key == key] for key in KIT]
        self.weights = [OFTEN.get(d.theme, 1) * (3 if d.key in KIT else 1) * (1 + (len(d.phrases["en"]) + 2 * len(d.phrases["zh"])) / 20) for d in self.domains]

    # ---- names and descriptions

    def decorate(self, name):
        r, word = self.random, self.entities.plain()
        if r.random() > self.decorated:
            return self.restyle(name)
        return r.choices([f"{name}_{word}", f"{word}_{name}", f"{name}{r.randint(1, 9)}", f"{word}{name.title().replace('_', '')}", word, f"{name}_{r.choice(['v2', 'tool', 'api', 'service', 'now', 'new', 'main', 'local', 'my', 'app', 'x'])}"], [25, 22, 8, 8, 22, 15])[0]

    def restyle(self, name):
        """snake_case, camelCase, kebab-case, words the other way round: as tools of different makers have it."""
        chance = self.random.random()
        first, *rest = name.split("_")
        if chance < 0.1:
            return first + "".join(w.title() for w in rest)
        if chance < 0.14:
            return name.title().replace("_", "")
        if chance < 0.22:
            return r.choice("_-.").join([*rest, first]) if (r := self.random) and rest else name
        if chance < 0.26:
            return self.random.choice(["do_", "fn_", "api_", "user_", "app_", "ha_", "tool_", "my_", "sys_"]) + name
        return name.replace("_", self.random.choice("-.")) if chance < 0.31 else name

    def describe(self, about):
        """The same description as different people write it."""
        r = self.random
        chance = r.random()
        if not re.match("[A-Z][a-z]", about):
            return about
        if chance > 0.97:
            return ""
        if chance > 0.87 and " " in about:
            lower = about[0].lower() + about[1:]
            return r.choice(["This function can " + lower, "Use this tool to " + lower, "Allows the user to " + lower, "Helps to " + lower, "A tool for this: " + lower, "Call this in order to " + lower, about + " for the current user", about + ", for example when the user asks for it", "Utility: " + lower, about + ". Fails if an argument is wrong", about + " and returns what happened", "[internal] " + about, about + " on this device or account"]) if lower.split()[0] in IMPERATIVES else r.choice(["Tool: ", "API: ", "Returns: ", ""]) + about
        verb, _, rest = about.partition(" ")
        if chance < 0.3 and rest and verb.lower() in IMPERATIVES:
            about = verb + ("es" if re.search("(s|sh|ch|x|o)$", verb) else "s") + " " + rest
            about = re.sub(r"^(\w+[^aeiou])ys ", r"\1ies ", about)
        if r.random() < 0.2:
            about += "."
        elif r.random() < 0.06:
            about += r.choice([". Returns JSON.", ". Fast and local.", ". Use it when the user asks for this.", " (beta)", ". Call it once per request."])
        elif r.random() < 0.05:
            about = about[0].lower() + about[1:]
        return about

    def rename(self, name):
        """Now and then a parameter's name is odd."""
        r = self.random
        if r.random() < 0.06:
            return r.choice(GENERAL)
        if r.random() > 0.14:
            return name if r.random() > 0.06 else re.sub("_(.)", lambda m: m[1].upper(), name)
        return r.choice([f"{name}_{r.choice(['name', 'value', 'text', 'input', 'arg', 'id'])}", self.entities.plain(), f"{name}{r.randint(1, 3)}", f"{r.choice(['the', 'my', 'target', 'in', 'new'])}_{name}"])

    # ---- tools of a domain

    def of_domain(self, domain):
        r = self.random
        # Chinese descriptions belong to Chinese dialogues, mostly.
        foreign = r.random() < (0.5 if self.language == "zh" else 0.1)
        abouts = [a for a in domain.about if bool(HAN.search(a)) == foreign] or domain.about
        fixed, names, about = {}, domain.names, r.choice(abouts)
        if domain.split and r.random() < 0.35:
            value = r.choice(list(domain.split))
            names = domain.split[value]
            enum = next(p for p in domain.parameters if p.values and any(v[0][0] == value for v in p.values))
            fixed = {enum.key: value}
            name = r.choice(names)
            about = name.replace("_", " ").capitalize() if r.random() < 0.6 else about.split()[0] + ": " + name.replace("_", " ")
            return Tool(self.decorate(name), about, self.fields(domain, fixed), domain, fixed)
        return Tool(self.decorate(r.choice(names)), self.describe(about), self.fields(domain, fixed), domain, fixed)

    def fields(self, domain, fixed):
        r, taken, fields = self.random, set(), []
        for p in domain.parameters:
            if p.key in fixed or (p.optional and r.random() < 0.4):
                continue
            names = [n for n in p.names if n not in taken] or [p.key + "_2"]
            name = r.choice(names)
            shown = self.rename(name)
            shown = name if shown in taken else shown
            taken |= {name, shown}
            fields.append(self.field(p, shown))
        if len(fields) > 1 and r.random() < 0.15:
            r.shuffle(fields)
        return fields

    def field(self, p, name):
        r = self.random
        if not p.values:
            kind = r.choice(["number", "number", "integer"]) if p.number and p.kind in ("int", "small", "percent", "year") else "number" if p.number else "string"
            return Field(name, kind, p.optional, p)
        column = r.randrange(max(len(v[0]) for v in p.values))
        spelled = [v[0][min(column, len(v[0]) - 1)] for v in p.values]
        if set(spelled) <= {"true", "false"}:
            return Field(name, "boolean", p.optional, p, column)
        if len(set(spelled)) < len(spelled) or "true" in spelled:
            column, spelled = 0, [v[0][0] for v in p.values]
        if r.random() < 0.2:
            spelled = r.sample(spelled, len(spelled))
        # The template prints an enum of more than 8 values as a plain string.
        return Field(name, spelled if len(spelled) <= 8 else "string", p.optional, p, column)

    def any_domain(self):
        return self.of_domain(self.random.choices(self.domains, self.weights)[0])

    def of_theme(self, theme):
        """A domain of the same theme: what stands beside another in a list that was chosen for a request."""
        near = [(d, w) for d, w in zip(self.domains, self.weights) if d.theme == theme]
        return self.random.choices([d for d, _ in near], [w for _, w in near])[0] if near else self.random.choice(self.domains)

    def of_archetype(self):
        """A tool of a general kind for some noun, known or invented."""
        r = self.random
        nouns, _, chinese = r.choice(NOUNS)
        noun, chinese = r.choice(nouns), chinese[0]
        if r.random() < 0.25:
            noun = chinese = self.entities.plain()
        return self.of_domain(Domain("archetype", **instance(r.choice(ARCHETYPES), noun, chinese)))

    # ---- tools put together from a verb and a noun

    def of_words(self, verb=None, noun=None):
        r = self.random
        verb, noun = verb or r.choice(VERBS), noun or r.choice(NOUNS)
        if r.random() < 0.1:
            word = self.entities.plain()
            verb = ([word], [word + " the {n}", word + " my {n}", "{n}: " + word, "can you " + word + " a {n}"], [word + "{n}", "{n}" + word])
        if r.random() < 0.25:
            word = self.entities.plain()
            noun = ([word], [], [word])
        act, thing = r.choice(verb[0]), r.choice(noun[0])
        count = r.choices([0, 1, 2, 3, 4], [14, 42, 28, 12, 4])[0]
        fields, taken = [], set()
        chosen = r.sample(LOOSE, count)
        if count > 1 and r.random() < 0.2:  # several numbers: which is which?
            chosen = r.sample([loose for loose in LOOSE if loose[1] in ("int", "number", "small", "percent")], min(count, 3)) + chosen[3:]
        for names, kind in chosen:
            name = r.choice(names.split("/"))
            if name in taken:
                continue
            taken.add(name)
            field = self.loose_field(name, kind)
            if not any(f.name == field.name for f in fields):
                fields.append(field)
        v, n = act.replace(" ", "_"), thing.replace(" ", "_").replace("-", "_")
        name = r.choices([f"{v}_{n}", f"{n}_{v}", n, f"{v}{n.title().replace('_', '')}"], [70, 15, 8, 7])[0]
        # The description may use another word than the name: "remove_invoice: Deletes a bill".
        act, thing = (r.choice(verb[0]), r.choice(noun[0])) if r.random() < 0.5 else (act, thing)
        Act = act.capitalize()
        forms = [f"{Act} a {thing}", f"{Act} the {thing}", f"{Act} {thing}", f"{thing.capitalize()}: {act}", f"{Act} {thing} in the system", f"Use this to {act} a {thing}", f"{Act} a {thing} for the user", f"{Act} one {thing}", f"{Act} an existing {thing} by its details", f"{Act} a {thing}. Returns the result as JSON"]
        if self.language == "zh" and r.random() < 0.5:
            forms = [r.choice(verb[2]).replace("{n}", r.choice(noun[2]))]
        about = "" if name != n and r.random() < 0.07 else r.choice(forms)
        return Tool(name if r.random() < 0.85 else self.decorate(name), self.describe(about), fields, words=(verb, noun, n))

    def loose_field(self, name, kind):
        r = self.random
        source = Loose(kind)
        if kind in CHOICES:
            values = r.sample(CHOICES[kind].split(), r.randint(2, min(5, len(CHOICES[kind].split()))))
            source.values = [([v], [v.replace("_", " ")], [v]) for v in values]
            return Field(self.rename(name), values, r.random() < 0.15, source)
        source.number = kind in ("int", "number", "small", "percent") and r.random() < 0.75
        kind = r.choice(["number", "number", "integer"]) if source.number and kind != "number" else "number" if source.number else "string"
        return Field(self.rename(name), kind, r.random() < 0.25, source)


class Loose:
    """The source of a random tool's value: a kind of entity, a number or an enum."""

    def __init__(self, kind):
        self.kind, self.key, self.values, self.number = kind, kind, None, False


# What a parameter is called by who gives it no thought.
GENERAL = "name value text query input target item what id q arg data key entity object subject content param details info x it".split()
IMPERATIVES = set("get set turn switch read add create start find look search send play show list check control lock open convert calculate evaluate translate order book call change adjust save write fetch load query track log record schedule plan cancel delete remove update give tell return control make run stop pause restart deploy compute lock unlock arm post publish measure report request reserve rent buy sell pay transfer split scan print copy move rename share mute block invite assign roll flip pick generate summarize count compare define explain suggest recommend feed water clean charge park locate navigate display fill mark close".split())

# (parameter names, kind of value) of random tools
LOOSE = [
    ("name/title/label", "title"), ("id/number/code/ref", "id"), ("date/day/when", "date"), ("city/location/place", "city"), ("owner/user/person/customer", "person"),
    ("count/quantity/amount", "int"), ("amount/price/total/value", "number"), ("text/message/content/body", "message"), ("reason/note/comment", "note"), ("path/file/filename", "file"),
    ("url/link/address", "url"), ("email/mail/to", "email"), ("size/people/seats/copies", "small"), ("label/word/keyword", "word"), ("room/area/space", "room"), ("language/lang", "language"),
    ("time/at/start", "time"), ("color/colour", "color"), ("target/device", "device"), ("topic/subject/query", "topic"), ("priority/level", "priority"), ("format/type", "format"), ("mode/kind", "mode"),
    ("product/item", "product"), ("status/state", "state"), ("percent/level", "percent"), ("host/server", "host"), ("team/group", "team"), ("duration/length/for", "duration"), ("category/tag", "tag"),
    ("from/origin/source", "city"), ("phone/mobile", "phone"), ("folder/directory", "folder"), ("department/unit", "department"), ("period/interval", "period"),
]
CHOICES = {
    "priority": "low normal high urgent critical", "format": "pdf csv json xml html png zip", "mode": "auto manual eco fast slow quiet night sport test",
    "state": "open closed active draft done archived pending", "period": "daily weekly monthly yearly hourly",
}


# ---- how people ask for a random tool

BEFORE = {  # words that lead to a value of a kind
    "en": {
        "person": "for {},to {},with {},from {},of {},by {}", "title": "called {},named {},titled {},with the title {},: {}", "note": "because {},with the note {},: {},reason {}", "id": "{},number {},with number {},no. {},#{}",
        "date": "on {},for {},by {},from {}", "city": "in {},to {},from {},near {},at {}", "int": "{},times {},quantity {}", "number": "{},for {} dollars,of {},worth {}", "small": "for {} people,{},{} times,{} of them",
        "message": "saying {},that says {},: {},with the text {}", "file": "from {},into {},{},as {}", "url": "from {},at {},{}", "email": "to {},for {},at {}", "word": "{},called {},as {}", "room": "in the {},of the {},for the {}",
        "language": "in {},to {},into {}", "time": "at {},until {},before {},after {},from {}", "color": "in {},{}", "device": "on the {},of the {},for the {}", "topic": "about {},on {},regarding {}", "product": "{},of {},for {}",
        "percent": "to {}%,{} percent,at {}%", "host": "on {},from {},of {}", "team": "for {},with {}", "duration": "for {},lasting {}", "tag": "under {},in {},tagged {}", "phone": "{},to {},at {}", "folder": "in {},from {},to {}", "department": "in {},for {},from {}",
        "priority": "with {} priority,as {},priority {}", "format": "as {},in {} format", "mode": "in {} mode,mode {}", "state": "as {},that are {},status {}", "period": "{},every period: {}",
    },
    "zh": {
        "person": "给{},{}的,由{},跟{},找{},替{},{}负责,发给{},通知{},和{}一起", "title": "叫{},名为{},标题是{},名字叫{},标题写{},就叫{},：{},起名{}", "note": "备注{},原因是{},因为{},理由{},写上{},说明一下{},备注写{}", "id": "{},编号{},号码是{},{}号,单号{},编号是{}的,{}那个", "date": "{},在{},日期{},{}的,定在{},{}之前,日期写{},改到{}",
        "city": "在{},到{},{}的,去{},从{},{}那边,地点{},送到{}", "int": "{}个,数量{},一共{},要{}个,{}次,总共{}个,数量是{}", "number": "{},金额{},{}元,{}块钱,价格{},总价{},{}块", "small": "{}个,{}人,{}位,{}份,{}次,来{}个,{}张", "message": "内容是{},说{},：{},就说{},写{},内容写{},告诉他们{}",
        "file": "{},文件{},用{},存到{},从{},文件是{}", "url": "{},地址{},网址是{},链接{}", "email": "给{},邮箱{},发到{},邮箱是{}", "word": "{},叫{},关键词{},词是{}", "room": "{}的,在{},{}里的,{}那个,放{}", "language": "用{},{}的,要{}的,翻成{},语言{}", "time": "{},在{},{}的时候,时间{},{}开始,到{}", "color": "{}的,{},要{}的,颜色{}",
        "device": "{}的,{}上的,在{}上,用{},{}那台", "topic": "关于{},{}方面的,主题是{},讲{}的,说说{}", "product": "{},{}的,要{},买{},换成{}", "percent": "到{}%,百分之{},{}%,调成{},{}个百分点", "host": "{}上的,在{}上,{}那台", "team": "{}的,给{},{}队的", "duration": "{},时长{},持续{},为期{},{}以后", "tag": "标签{},{}类,归到{},分类{}",
        "phone": "{},电话{},打{},号码{}", "folder": "在{}里,{}下,放到{},目录{}", "department": "{}的,给{},归{}", "priority": "优先级{},{}优先级,级别{}", "format": "格式{},{}格式的,导出成{}", "mode": "模式{},{}模式,用{}模式", "state": "状态{},{}的,状态是{}", "period": "周期{},{}一次,按{}",
    },
}
BEFORE = {language: {kind: forms.split(",") for kind, forms in table.items()} for language, table in BEFORE.items()}
AROUND = ["{}", "{}", "{}", "{}", "{}", "please {}", "can you {}", "I want to {}", "I'd like to {}", "go and {}", "time to {}", "we should {}", "let's {}", "I have to {}", "could someone {}", "help me {}", "{} now"]
AROUND_ZH = ["{}", "{}", "{}", "帮我{}", "请{}", "我想{}", "能不能{}", "麻烦{}", "需要{}", "给我{}", "{}一下", "我要{}", "得{}", "该{}了", "去{}", "替我{}", "可以{}吗", "{}吧", "想{}", "快{}"]
DETERMINERS = ["the", "the", "the", "a", "my", "my", "our", "this", "that", "one", ""]
# Bare things: "invoices", "the invoice?"
BARE = {"en": ["{n}", "{n}?", "the {n}", "any {n}", "about the {n}", "{n} please"], "zh": ["{n}", "{n}呢", "我的{n}", "{n}情况"]}


def in_words(r, text, is_number, language):
    """Now and then a number is said as a word: "five minutes"."""
    word = SAY_NUMBER[language].get(int(text)) if is_number and text.isdigit() else None
    return word if word and r.random() < 0.15 else text


def ask_words(maker, tool, language, others=(), without=()):
    """A request for a random tool -> (segments, said). `others`: the tools beside it; with a namesake the verb is said.
    `without`: names of fields that the request leaves out."""
    r, entities = maker.random, maker.entities
    (_, phrases, chinese), (nouns, narrower, nouns_zh), _ = tool.words
    said, parts = {}, []
    for f in tool.fields:
        if f.name in without or f.optional and r.random() < 0.5:
            continue
        if f.source.values:
            spellings, english, zh = r.choice(f.source.values)
            said[f.name] = spellings[0]
            text = r.choice(zh if language == "zh" else english)
        else:
            text = said[f.name] = in_words(r, entities.get(f.source.kind, language), f.source.number, language)
        form = r.choice(BEFORE[language][f.source.kind])
        chance = r.random()
        if chance < 0.3:  # by the parameter's own name
            shown = f.name.replace("_", " ")
            form = r.choice(["{p} {}", "with {p} {}", "{p}: {}", "{p} is {}", "the {p} should be {}", "{p}={}"] if language == "en" else ["{p}是{}", "{p}：{}", "{p}为{}", "{p} {}"]).replace("{p}", shown)
        left, right = form.split("{}")
        parts.append([(left, None), (text, f.name), (right, None)])
    r.shuffle(parts)
    gap = "" if language == "zh" else " "
    only = len({t.words[1][0][0] for t in others if t.words} | {tool.words[1][0][0]}) == len([t for t in others if t.words]) + 1
    if language == "zh":
        thing, frame = r.choice(nouns_zh), r.choice(chinese if r.random() < 0.92 or not only else BARE["zh"])
        around = r.choice(AROUND_ZH) if frame in chinese else "{}"
    else:
        thing = r.choice(nouns * 2 + narrower)
        frame = r.choice(phrases if r.random() < 0.95 or not only else BARE["en"])
        around = r.choice(AROUND) if re.match(r"[a-z]+( \w+)? the \{n\}$", frame) else "{}"
        if "the {n}" in frame and r.random() < 0.5:
            frame = frame.replace("the {n}", f"{r.choice(DETERMINERS)} {{n}}".strip())
    segments = [(around.format(frame.replace("{n}", thing)), None)]
    join = r.choice([gap, gap, ", "]) if language == "en" else r.choice(["，", "，", ""])
    if parts and r.random() < (0.12 if language == "en" else 0.4):
        between = ", " if language == "en" else r.choice(["，", "，", ""])
        segments = [s for part in parts for s in part + [(between, None)]] + segments
    else:
        for i, part in enumerate(parts):
            lead = "" if part[0][0].startswith(":") else (gap if i == 0 and join != "，" else join or "，")
            if i and language == "en" and r.random() < 0.4:
                lead = " and "
            segments += [(lead, None)] + part
    if language == "en" and re.match(r"(where|what|how|is|when|which|do|does|can|may)\b", frame) and r.random() < 0.6:
        segments.append(("?", None))
    return segments, said


# ---- how people ask for a domain's tool

EITHER = re.compile(r"\(([^()]*\|[^()]*)\)")


def one_of(r, phrase):
    """`(turn|switch) on`: one of them."""
    while "|" in phrase and EITHER.search(phrase):
        phrase = EITHER.sub(lambda m: r.choice(m[1].split("|")), phrase, count=1)
    return re.sub(" {2,}", " ", phrase).strip()


SLOT = re.compile(r"(\[[^\]]*\]|\{[^}]*\}|<\w+=[^>]*>)")


def ask_domain(maker, tool, phrase, language):
    """A domain's phrase -> (segments, said) where `said` maps parameter keys to what was said."""
    r, entities, said, segments = maker.random, maker.entities, {}, []
    known = {p.key: p for p in tool.domain.parameters}
    fields = {f.source.key for f in tool.fields}

    def add(text):
        for part in SLOT.split(text):
            if part.startswith("["):
                # Leave an optional part out when the tool has no place for it: it would be lost.
                keys = re.findall(r"\{(\w+)\}|<(\w+)=", part)
                fits = all((a or b) in fields or (a or b) in tool.fixed for a, b in keys)
                if r.random() < (0.55 if keys else 0.4) and (fits or r.random() < 0.1):
                    add(part[1:-1])
            elif part.startswith("<"):
                name, value = part[1:-1].split("=", 1)
                said[name] = value
            elif part.startswith("{!"):
                segments.append((entities.get(part[2:-1], language), None))
            elif part.startswith("{"):
                value = slot(part[1:-1])
                # "at tomorrow at 7": who names the day leaves the first "at" out.
                if known[part[1:-1]].kind == "when" and segments and language == "en" and not re.match(r"\d|noon|mid|half|quarter", value):
                    segments[-1] = (re.sub(r"\bat $", "", segments[-1][0]), segments[-1][1])
                segments.append((value, part[1:-1]))
            elif part:
                segments.append((re.sub(r" +(?=<|$)", " ", part), None))

    def slot(key):
        p = known[key]
        if p.values:
            if key in tool.fixed:
                spelled = next(v for v in p.values if v[0][0] == tool.fixed[key])
            else:
                spelled = r.choice(p.values) if key not in said else next(v for v in p.values if v[0][0] == said[key])
            said[key] = spelled[0][0]
            return r.choice(spelled[2] if language == "zh" else spelled[1])
        if p.kind in ("unit_from", "unit_to"):
            if "pair" not in said:
                said["pair"] = r.choice(entities_units(language, r)).split(">")
            text = said["pair"][p.kind == "unit_to"]
        else:
            text = in_words(r, entities.get(p.kind, language), p.number, language)
        said[key] = text
        return text

    add(reword(r, one_of(r, phrase), language))
    said.pop("pair", None)
    if segments and segments[-1][1] is None:
        segments[-1] = (segments[-1][0].rstrip(), None)
    return segments, said


def entities_units(language, random):
    from entities import UNITS

    return UNITS["zh" if language == "zh" and random.random() < 0.8 else "en"]
