"""The hand-written part of the training data: kinds of tools, and how people ask for what they do.

Each file of this package lists domains of one theme. A domain is one kind of tool:

    domain(
        names="get_weather weather_lookup",          # the tool may be called any of these
        about="Get the weather of a city|...",       # or described in any of these ways
        args=\"\"\"
            city/location/place: city                # parameter: synonyms: kind of value (entities.py)
            day/date?: day                           # ? = optional
            unit?: celsius~c~C | fahrenheit~f~F      # enum; ~ separates spellings, one column per tool
        \"\"\",
        en=\"\"\"                                      # one request a line; [ ] may be left out
            what's the weather in {city}[ {day}]?
            is it freezing in {city} <unit=celsius>
        \"\"\",
        zh="...",
        ask="what's the weather?",                   # requests that lack what is required
        gives="temperature=#degrees condition=condition",   # a result, to phrase an answer from; " | " = or
        reply="It is {temperature} degrees and {condition} in {city}.",
        tags="weather",                              # domains that share a tag never meet in one prompt
    )

Kinds: `city` is text copied from the request, `#int` a number, `a|b` an enum. An enum spelling in brackets says
how people say it: `on~ON~true(on/开,打开)`. A column of `true`/`false` makes the parameter a boolean.
`<name=value>` in a request sets an enum that the words imply.
"""
import importlib
import os
import pkgutil
import re

DOMAINS = []


class Parameter:
    """One parameter of a domain: its possible names, whether it is optional, and what it takes."""

    def __init__(self, line):
        names, kind = line.split(":", 1)
        names, kind = names.strip(), kind.strip()
        self.optional = names.endswith("?")
        self.names = names.rstrip("?").split("/")
        self.key = self.names[0]
        self.number = kind.startswith("#")
        self.kind = kind.lstrip("#")
        self.values = self._enum(kind) if "|" in kind else None

    @staticmethod
    def _enum(kind):
        """-> [(spellings, English surfaces, Chinese surfaces)]"""
        values = []
        for part in kind.split("|"):
            spelled, _, said = part.strip().partition("(")
            spellings = spelled.split("~")
            english, _, chinese = said.rstrip(")").partition("/")
            plain = spellings[0].replace("_", " ")
            values.append((spellings, [w.strip() for w in english.split(",") if w.strip()] or [plain], [w.strip() for w in chinese.split(",") if w.strip()] or [plain]))
        return values


class Domain:
    def __init__(self, theme, names, about, args="", en="", zh="", ask="", ask_zh="", gives="", reply="", reply_zh="", tags="", split=""):
        lines = lambda text: [line.strip() for line in text.strip().splitlines() if line.strip()]
        self.theme, self.names, self.about = theme, names.split(), about.split("|")
        self.parameters = [Parameter(line) for line in lines(args)]
        self.phrases = {"en": lines(en), "zh": lines(zh)}
        self.ask = {"en": [p for p in ask.split("|") if p], "zh": [p for p in ask_zh.split("|") if p]}
        # Results this tool may give, and to each the sentence that states it ("" = the plain one of answers.py).
        self.gives = [dict(pair.split("=") for pair in part.split()) for part in gives.split(" | ") if part]
        self.reply = {"en": reply.split(" | "), "zh": reply_zh.split(" | ")}
        # Tags keep look-alikes out of one prompt; without any, the first name is the tag.
        self.tags = set(tags.split()) or {self.names[0]}
        # One tool per value of an enum: {"on": ["turn_on", ...], ...}
        self.split = {value.strip(): tools.split() for value, _, tools in (part.partition(":") for part in split.split(";")) if tools}
        self.key = self.names[0]
        self.optional_keys = {p.key for p in self.parameters if p.optional}


def load():
    """Reads every theme once; returns the domains in file order."""
    if not DOMAINS:
        for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
            theme = importlib.import_module(f"{__name__}.{module.name}")
            DOMAINS.extend(Domain(module.name, **fields) for fields in theme.DOMAINS)
        DOMAINS.extend(kinds())
        voices()
    return DOMAINS


def kinds():
    """The domains of kinds*.txt: a head `= names || descriptions || parameters`, then requests, `? ` before what lacks."""
    folder, heads = os.path.dirname(os.path.abspath(__file__)), []
    texts = [open(os.path.join(folder, name), encoding="utf-8").read() for name in sorted(os.listdir(folder)) if name.startswith("kinds")]
    for line in "\n".join(texts).splitlines():
        if line.startswith("= "):
            names, about, args = (part.strip() for part in line[2:].split("||"))
            heads.append(dict(names=names, about=about, args=args.replace(";", "\n"), en=[], zh=[], ask=[], ask_zh=[]))
        elif line:
            lacks, line = line.startswith("? "), line.removeprefix("? ")
            chinese = re.search("[\u4e00-\u9fff]", re.sub(r"\{[^}]*\}", "", line))
            heads[-1][("ask" if lacks else "") + ("_zh" if lacks and chinese else "" if lacks else "zh" if chinese else "en")].append(line)
    for head in heads:
        for key, mark in (("en", "\n"), ("zh", "\n"), ("ask", "|"), ("ask_zh", "|")):
            head[key] = mark.join(head[key])
        yield Domain("kinds", **head)


def voices():
    """Adds how else people ask: voices_*.txt have a domain's key on a line of its own, requests behind it. `key#2` is the
    second domain of that key; a line with Chinese is Chinese; `? ` leads a request that lacks what is required."""
    known, count = {}, {}
    for d in DOMAINS:
        count[d.key] = count.get(d.key, 0) + 1
        known[d.key if count[d.key] == 1 else f"{d.key}#{count[d.key]}"] = d
    folder = os.path.dirname(os.path.abspath(__file__))
    for name in sorted(n for n in os.listdir(folder) if n.startswith("voices")):
        domain = None
        for line in open(os.path.join(folder, name), encoding="utf-8").read().splitlines():
            line = line.strip()
            if re.fullmatch(r"[a-z_0-9]+(#\d)?", line) and line in known:
                domain = known[line]
            elif line:
                plain = re.sub(r"\{[^}]*\}|<[^>]*>", "", line)
                language = "zh" if re.search("[\u4e00-\u9fff]", plain) else "en"
                (domain.ask if line.startswith("? ") else domain.phrases)[language].append(line.removeprefix("? "))


def checked():
    """Every slot of every phrase is a parameter or a kind; raises on a slip of the pen."""
    from entities import POOLS, Entities

    for d in load():
        keys = {p.key for p in d.parameters}
        for language, phrases in d.phrases.items():
            for phrase in phrases + d.ask[language]:
                for slot in re.findall(r"\{([^}]*)\}", phrase):
                    kind = slot.lstrip("!")
                    known = kind in POOLS or hasattr(Entities, "make_" + kind) if slot.startswith("!") else kind in keys
                    assert known, f"{d.key}: unknown slot {slot!r} in {phrase!r}"
                for name, value in re.findall(r"<(\w+)=([^>]*)>", phrase):
                    p = next((p for p in d.parameters if p.key == name and p.values), None)
                    assert p and any(value == v[0][0] for v in p.values), f"{d.key}: bad <{name}={value}>"
        for p in d.parameters:
            assert p.values or p.kind in POOLS or hasattr(Entities, "make_" + p.kind), f"{d.key}: kind {p.kind}"
    return DOMAINS
