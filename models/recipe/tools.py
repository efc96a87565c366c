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


def numeral(text):
    """The JSON number that a span of digits stands for."""
    value = float(text)
    return int(value) if value.is_integer() and "." not in text else value


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
        self.words = words  # (verb entry, noun entry) of a random tool
        self.tags = domain.tags if domain else {words[1][0]}

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
        """snake_case, camelCase, kebab-case: as tools of different makers have it."""
        chance = self.random.random()
        first, *rest = name.split("_")
        return first + "".join(w.title() for w in rest) if chance < 0.08 else name.replace("_", "-") if chance < 0.11 else name

    def describe(self, about):
        """The same description as different people write it."""
        r = self.random
        chance = r.random()
        if not re.match("[A-Z][a-z]", about):
            return about
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
        if r.random() > 0.14:
            return name if r.random() > 0.06 else re.sub("_(.)", lambda m: m[1].upper(), name)
        return r.choice([f"{name}_{r.choice(['name', 'value', 'text', 'input', 'arg', 'id'])}", self.entities.plain(), f"{name}{r.randint(1, 3)}", f"{r.choice(['the', 'my', 'target', 'in', 'new'])}_{name}"])

    # ---- tools of a domain

    def of_domain(self, domain):
        r = self.random
        # Chinese descriptions belong to Chinese dialogues, mostly.
        foreign = r.random() < (0.45 if self.language == "zh" else 0.04)
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
            taken.add(name)
            fields.append(self.field(p, self.rename(name)))
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

    def of_archetype(self):
        """A tool of a general kind for some noun, known or invented."""
        r = self.random
        noun, chinese = r.choice(NOUNS)
        if r.random() < 0.25:
            noun = chinese = self.entities.plain()
        return self.of_domain(Domain("archetype", **instance(r.choice(ARCHETYPES), noun, chinese)))

    # ---- tools put together from a verb and a noun

    def of_words(self, verb=None, noun=None):
        r = self.random
        verb, noun = verb or r.choice(VERBS), noun or r.choice(NOUNS)
        if r.random() < 0.15:
            verb = (self.entities.plain(), [], [self.entities.hanzi(2, 2)])
            verb = (verb[0], verb[1], [verb[0]] + verb[2][:0])
        if r.random() < 0.25:
            word = self.entities.plain()
            noun = (word, word)
        count = r.choices([0, 1, 2, 3, 4], [14, 42, 28, 12, 4])[0]
        fields, taken = [], set()
        for names, kind in r.sample(LOOSE, count):
            name = r.choice(names.split("/"))
            if name in taken:
                continue
            taken.add(name)
            fields.append(self.loose_field(name, kind))
        v, n = verb[0].replace(" ", "_"), noun[0].replace(" ", "_").replace("-", "_")
        name = r.choices([f"{v}_{n}", f"{n}_{v}", n, f"{v}{n.title().replace('_', '')}"], [70, 15, 8, 7])[0]
        if name == n:
            fields = [f for f in fields]
        about = r.choice([f"{verb[0].capitalize()} a {noun[0]}", f"{verb[0].capitalize()} the {noun[0]}", f"{verb[0].capitalize()} {noun[0]}", f"{noun[0].capitalize()}: {verb[0]}", f"{verb[0].capitalize()} {noun[0]} in the system", f"Use this to {verb[0]} a {noun[0]}", f"{verb[0].capitalize()} a {noun[0]} for the user", f"{r.choice(verb[2])}{noun[1]}" if self.language == "zh" else f"{verb[0].capitalize()} one {noun[0]}"])
        if name != n and r.random() < 0.05:
            about = ""
        return Tool(name if r.random() < 0.85 else self.decorate(name), self.describe(about), fields, words=(verb, noun))

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
        "person": "给{},{}的,由{}", "title": "叫{},名为{},标题是{}", "note": "备注{},原因是{}", "id": "{},编号{},号码是{}", "date": "{},在{},日期{}", "city": "在{},到{},{}的", "int": "{}个,数量{}", "number": "{},金额{},{}元", "small": "{}个,{}人", "message": "内容是{},说{}",
        "file": "{},文件{}", "url": "{},地址{}", "email": "给{},邮箱{}", "word": "{},叫{}", "room": "{}的,在{}", "language": "用{},{}的", "time": "{},在{}", "color": "{}的,{}", "device": "{}的,{}上的", "topic": "关于{}", "product": "{},{}的", "percent": "到{}%,百分之{}", "host": "{}上的,在{}上",
        "team": "{}的", "duration": "{},时长{}", "tag": "标签{},{}类", "phone": "{},电话{}", "folder": "在{}里,{}下", "department": "{}的", "priority": "优先级{}", "format": "格式{}", "mode": "模式{}", "state": "状态{}", "period": "周期{}",
    },
}
BEFORE = {language: {kind: forms.split(",") for kind, forms in table.items()} for language, table in BEFORE.items()}
PLAIN = {
    "en": ["{v} the {n}", "{v} a {n}", "{v} {n}", "please {v} the {n}", "can you {v} my {n}", "I want to {v} a {n}", "I'd like to {v} the {n}", "{n}: {v}", "go and {v} this {n}", "time to {v} the {n}", "we should {v} the {n}", "{v} our {n}", "{v} one {n}", "let's {v} the {n}", "I have to {v} a {n}", "{v} that {n}", "could someone {v} the {n}", "help me {v} a {n}", "{v} the {n} now"],
    "zh": ["{v}{n}", "帮我{v}{n}", "请{v}一下{n}", "把{n}{v}一下", "我想{v}{n}", "{v}一个{n}", "{n}{v}", "能不能{v}{n}", "麻烦{v}{n}", "需要{v}{n}", "给我{v}{n}"],
}
LOOKING = {  # asking for a thing instead of ordering an action
    "en": ["{n}", "what is the {n}", "show me the {n}", "give me the {n}", "where is my {n}", "how is the {n}", "I need the {n}", "which {n}", "do you have a {n}", "any {n}", "tell me about the {n}", "{n}s", "find {n}s", "what are the {n}s", "is there a {n}", "what about the {n}", "what's in the {n}"],
    "zh": ["{n}", "{n}怎么样", "看看{n}", "我的{n}在哪", "有没有{n}", "{n}是什么", "给我看{n}", "{n}情况"],
}
LOOKERS = {"get", "find", "check", "list", "show", "track", "describe", "inspect", "watch"}


def ask_words(maker, tool, language):
    """A request for a random tool -> (segments, said), or None when the words would not fit."""
    r, entities = maker.random, maker.entities
    (verb, synonyms, chinese), (noun, noun_zh) = tool.words
    said, parts = {}, []
    for f in tool.fields:
        if f.optional and r.random() < 0.5:
            continue
        if f.source.values:
            spellings, english, zh = r.choice(f.source.values)
            said[f.name] = spellings[0]
            text = r.choice(zh if language == "zh" else english)
        else:
            text = said[f.name] = entities.get(f.source.kind, language)
        form = r.choice(BEFORE[language][f.source.kind])
        chance = r.random()
        if chance < 0.3:  # by the parameter's own name
            shown = f.name.replace("_", " ")
            form = r.choice(["{p} {}", "with {p} {}", "{p}: {}", "{p} is {}", "the {p} should be {}", "{p}={}"] if language == "en" else ["{p}是{}", "{p}：{}", "{p}为{}", "{p} {}"]).replace("{p}", shown)
        left, right = form.split("{}")
        parts.append([(left, None), (text, f.name), (right, None)])
    r.shuffle(parts)
    look = (verb in LOOKERS or tool.name == noun.replace(" ", "_")) and r.random() < 0.5
    frames = LOOKING if look else PLAIN
    if language == "zh":
        act, thing, gap = r.choice(chinese), noun_zh, ""
    else:
        act = r.choice([verb, verb] + synonyms) if synonyms else verb
        thing, gap = noun, " "
    frame = r.choice(frames[language]).format(v=act, n=thing)
    segments = [(frame, None)]
    join = r.choice([gap, gap, ", "]) if language == "en" else r.choice(["，", "，", ""])
    if parts and r.random() < 0.12:
        segments = [s for part in parts for s in part + [(", " if language == "en" else "，", None)]] + segments
    else:
        for i, part in enumerate(parts):
            lead = "" if part[0][0].startswith(":") else (gap if i == 0 and join != "，" else join or "，")
            if i and language == "en" and r.random() < 0.4:
                lead = " and "
            segments += [(lead, None)] + part
    if look and language == "en" and r.random() < 0.5:
        segments.append(("?", None))
    return segments, said


# ---- how people ask for a domain's tool

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
                segments.append((slot(part[1:-1]), part[1:-1]))
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
            text = entities.get(p.kind, language)
        said[key] = text
        return text

    add(reword(r, phrase, language))
    said.pop("pair", None)
    if segments and segments[-1][1] is None:
        segments[-1] = (segments[-1][0].rstrip(), None)
    return segments, said


def entities_units(language, random):
    from entities import UNITS

    return UNITS["zh" if language == "zh" and random.random() < 0.8 else "en"]
