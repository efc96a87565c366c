"""Makes the training dialogues: tools, requests, calls, results, answers, refusals, questions back, small talk.

    python3 dialogues.py 5 [seed]     prints five sheets of them

A sheet is {"system": text, "tools": [lines], "dialogues": [[(role, text)]]}: several dialogues that begin alike, so that
the tools are read once for many requests. `render` writes it as the model reads it, byte for byte as the chat template
of the GGUF does. All randomness comes from the given `random.Random`.
"""
import json
import random
import re
import sys

import talk
from answers import answer, result_of
from entities import Entities
from kept_out import plain, sentences
from lexicon import COMMON_WORDS, NOUNS, VERBS
from tools import DECORATED, Toolmaker, ask_domain, ask_words, spoken

SYSTEM = "You are Moult, a helpful assistant."
SYSTEMS = [SYSTEM] * 12 + ["You are a helpful assistant.", "You are Moult. Be brief.", "Answer briefly. Use tools when they help.", "You are Moult, an agent on this machine.", "You help the user with the tools you have."]
LONG = ["You are a smart assistant in a household. Use the functions you are given. Never make up an answer.", "You are a helpful AI assistant with access to tools. Call a tool when one fits the request, otherwise answer in one sentence.", "You help the staff of a company. Today is Monday. Keep answers short.", "你是一个有用的助手。", "你是 Moult，请简短回答。", "Be helpful and precise. If information is missing, ask for it.", "You are an assistant that can call functions.", "Du bist ein hilfreicher Assistent."]
SHORTLISTED = 0.5  # share of sheets whose tools were chosen for a request, as the runtime chooses them
TAKEN_AWAY = 0.7  # share of those in which the tool that was meant is not there
NEAR_MISSES = 5  # of so many requests that no tool serves, the one is asked that sounds most like a tool that is there
CHINESE = 0.48  # share of sheets in Chinese
CHATTING = 0.1  # share of sheets of nothing but small talk: short ones, so that each of its sentences comes often enough
# Share of each kind of exchange where there are tools.
SHARES = {"call": 0.5, "none": 0.17, "chat": 0.07, "ask": 0.2, "several": 0.04, "summary": 0.02}


def lines(text):
    return [line for line in text.strip().splitlines() if line]


WRAP = {
    "en": (
        ["could you {}", "can you {}", "would you {}", "I want you to {}", "please {}", "go ahead and {}", "quick, {}", "now {}", "hey, {}", "listen: {}", "my request: {}", "{} for me", "{} if you can", "{} right away", "let's {}", "hi, {}", "moult, {}", "ok, {}", "so {}", "{} please", "{} now", "{}, thanks", "{}, would you", "um {}", "alright, {}", "one more thing: {}", "next: {}", "can you please {}", "{} asap", "{} real quick", "okay {}", "I need you to {}", "sorry, {}", "{}, please", "be so kind and {}", "do me a favour and {}", "{}, will you", "{}, ok?", "{} when you can", "{} at once", "well, {}", "just {}", "kindly {}", "hello, {}", "good morning, {}", "you should {}", "somebody {}", "{} then", "dear assistant, {}", "right, {}", "and {}", "but first {}", "I was thinking, {}", "would you mind: {}", "{}, that would be great", "{}, it's urgent", "{} - thank you", "for me, {}", "once more: {}", "{}, if possible"],
        "?.!",
    ),
    "zh": (["请{}", "帮我{}", "麻烦{}", "{}，谢谢", "你好，{}", "那个，{}", "现在{}", "{}吧", "好，{}", "请问{}", "再{}", "劳驾，{}", "{}，快点", "拜托{}", "能{}吗", "可以{}吗", "我说，{}", "喂，{}", "{}啊", "{}好吗", "顺便{}"], "？。！"),
}


# What people say around a request: why, when, to whom. None of it is meant to be done.
BEFOREHAND = {
    "en": "I just got home, |my hands are full, |I'm in a hurry, |it's late and I'm tired, |my boss is waiting, |before I forget, |by the way, |one thing, |honestly, |I was wondering, |the kids are asleep, |I can't find my glasses, |as discussed, |since you're here, |for tomorrow, |sorry to bother you, |quick question: |it's me again. |good evening. |ok so |yo |hiya, |erm, |listen up, |right then, |when you get a second, |if it's not too much trouble, |I know it's early but |I'm driving, so |we have guests. |long day. |hmm, |so here's the thing: |no rush but |my wife says: |I think I need this: |not sure you can, but |I'm busy cooking, |here we go: |last thing today: |like I said, |pls |hey can u |I'd be grateful if you'd |any chance you could |would it be possible to |do you mind: |might you |I guess I need you to |I was told to ask you: |as usual, |same as yesterday: |everyone is hungry. |we're about to leave, |the meeting starts soon, |I've got a favour to ask: |look, |alexa, |computer, |assistant: |dude, |it's urgent! |bear with me, |I'm new here. |thanks for earlier. |great. now |cool. next, ".split("|"),
    "zh": "我刚到家，|手上有东西，|我赶时间，|趁我还记得，|对了，|话说，|嗯，|不好意思，|打扰一下，|哎，|那什么，|快点，|急，|睡觉前|老板催了，|孩子睡了，|外面下雨了，|我在开车，|家里来客人了，|跟昨天一样，|最后一件事，|小助手，|亲，|喂喂，|请你|请您|麻烦你|麻烦您|拜托你|帮个忙，|帮忙|给我|替我|你能不能|能否|可不可以|可以的话，|我需要|我要你|我想让你|有空的时候|一会儿|马上|赶紧|待会儿|这会儿|等下|首先，|接下来|另外，|还有，|顺手|劳烦|烦请|老样子，|辛苦你|跟你说，|听好了，|是这样，|我忘了，|没别的，|忙死了，|方便的话|现在就|立刻|先".split("|"),
}
AFTERWARDS = {
    "en": ", cheers|, ta|, it's important| so I can relax| before I leave|, you know|, no hurry| or whatever|, if you don't mind|, pretty please| thx| pls| asap pls|, I beg you|, that's all|, as always| again|, right?|, if that works|, got it?|. Thanks a lot|. That's it|, appreciate it|, buddy| real quick|, when convenient|, for once| tyvm|!!|...|, my hands are dirty|, I'm late already".split("|"),
    "zh": "，行吗|，行不行|，好不好|，拜托了|，多谢|，麻烦了|，辛苦了|哈|哦|呗|嘛|吧|啦|，急用|，不急|，谢谢啦|，快|，就这样|，可以吧|一下吧|，感谢|，行吧|，没问题吧|，在线等|！|……|，我等着|，多谢啦|，就现在|哟".split("|"),
}
LETTERS = re.compile(r"[a-z]{5,}")


def slip(r, segments):
    """One letter of one word is typed wrongly; what must be copied stays."""
    places = [i for i, (text, key) in enumerate(segments) if key is None and LETTERS.search(text)]
    if places:
        i = r.choice(places)
        word = r.choice(list(LETTERS.finditer(segments[i][0])))
        at, text = r.randrange(word.start() + 1, word.end() - 1), segments[i][0]
        wrong = r.choice([text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], text[:at] + text[at + 1] + text[at] + text[at + 2 :]])
        segments[i] = (wrong, None)
    return segments


def vary(r, segments, language):
    """Wraps, capitalises and punctuates a request as people do, without touching what must be copied."""
    wraps, marks = WRAP[language]
    if language == "en" and r.random() < 0.05:
        segments = slip(r, list(segments))
    if r.random() < 0.16:
        if r.random() < 0.65:
            segments = [(r.choice(BEFOREHAND[language]), None)] + list(segments)
        else:
            segments = strip_end(list(segments), marks + "，") + [(r.choice(AFTERWARDS[language]), None)]
    text = "".join(t for t, _ in segments)
    question = text.endswith(("?", "？")) or bool(re.match(r"(what|how|is|are|do|does|did|which|who|where|when|will|can|could|any)\b", text, re.I))
    if r.random() < (0.08 if question else 0.25):
        left, right = r.choice([w for w in wraps if not question or w[0] != "{" and w.endswith("{}")]).split("{}")
        if not (text.lower().startswith(("please", "can you", "could", "i ")) and left):
            if right:
                segments = strip_end(segments, marks + "，")
            segments = [(left, None)] + segments + [(right, None)]
    segments = [s for s in segments if s[0]]
    chance = r.random()
    if chance < 0.4:
        first, key = segments[0]
        segments[0] = (first[0].upper() + first[1:], key)
    if r.random() < 0.12:
        segments = strip_end(segments, marks)
    elif r.random() < 0.1 and not segments[-1][0].endswith(tuple(marks)):
        segments.append((r.choice(". ! ." .split()) if language == "en" else "。", None))
    return segments


def strip_end(segments, marks):
    text, key = segments[-1]
    return segments[:-1] + [(text.rstrip(marks), key)] if key is None else segments


class Dialogues:
    """`next()` gives one dialogue after another."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.entities = Entities(self.random)
        self.maker = Toolmaker(self.random, self.entities)
        self.kept_out = sentences()
        self.words = sorted({*COMMON_WORDS.split(), *(w for own, _, _ in NOUNS + VERBS for w in own if " " not in w)})
        # 0 = only short and easy dialogues, 1 = everything. The trainer raises it.
        self.hardness = 1.0

    def next(self):
        """One sheet."""
        while True:
            made = self.sheet()
            made["dialogues"] = [d for d in made["dialogues"] if not any(role == "user" and plain(text) in self.kept_out for role, text in d)]
            if made["dialogues"]:
                return made

    # ---- the tools of a dialogue

    def tools(self, count, language):
        """`count` tools that a reader can tell apart."""
        r, tools, names, tags, tries = self.random, [], set(), set(), 0
        if count >= 4 and r.random() < 0.25:
            kinds = r.sample(self.maker.kit, r.randint(4, len(self.maker.kit)))
            tools = [self.maker.of_domain(r.choice(kind)) for kind in kinds]
            names, tags = {t.name for t in tools}, {tag for t in tools for tag in t.tags}
            if len(names) < len(tools):
                tools, names, tags = [], set(), set()
        while len(tools) < count and tries < 200:
            tries += 1
            chance = r.random()
            if chance < 0.13:
                tool = self.maker.of_archetype()
                stem = next(iter(tool.tags))
                if tool.tags & tags or any(stem in (t.about + t.name) for t in tools):
                    continue
            elif chance < 0.72:
                themes = [t.domain.theme for t in tools if t.domain]
                domain = self.maker.of_theme(r.choice(themes)) if themes and r.random() < 0.4 else r.choices(self.maker.domains, self.maker.weights)[0]
                if domain.tags & tags and not (domain.split and r.random() < 0.3):
                    continue
                tool = self.maker.of_domain(domain)
                siblings = [t for t in tools if t.domain and t.tags & tool.tags]
                if siblings and not all(t.domain is domain and t.fixed and tool.fixed and t.fixed != tool.fixed for t in siblings):
                    continue
            else:
                # A third of the random tools share a verb or a noun with another: near misses on purpose.
                near = [t.words[:2] for t in tools if t.words]
                verb, noun = (None, None)
                if near and r.random() < 0.35:
                    verb, noun = r.choice(near)
                    verb, noun = (verb, None) if r.random() < 0.4 else (None, noun)
                tool = self.maker.of_words(verb, noun)
                if any(t.words and alike(t.words, tool.words) for t in tools) or tool.tags & tags and verb is None and noun is None:
                    continue
                if any(stem in (t.about + t.name).lower() for t in tools if t.domain for stem in tool.words[1][0]):
                    continue
            if tool.name in names or any(prefixes(tool.name, n) for n in names) and r.random() < 0.7:
                continue
            names.add(tool.name)
            tags |= tool.tags
            tools.append(tool)
        r.shuffle(tools)
        return tools

    # ---- requests

    def request(self, tool, language, phrase=None, others=()):
        """-> (segments, said) for a request that `tool` can serve, or None."""
        if tool.domain is None:
            return ask_words(self.maker, tool, language, others)
        phrases = tool.domain.phrases[language]
        if tool.fixed:
            other = [f"<{k}={v[0][0]}>" for k in tool.fixed for p in tool.domain.parameters if p.key == k for v in p.values if v[0][0] != tool.fixed[k]]
            phrases = [p for p in phrases if not any(o in p for o in other) and all("{" + k + "}" in p or f"<{k}=" in p for k in tool.fixed)]
        if not phrases and not phrase:
            return None
        segments, said = ask_domain(self.maker, tool, phrase or self.random.choice(phrases), language)
        for f in tool.fields:
            if not f.optional and f.source.key not in said and not phrase:
                return None
        return segments, said

    def call(self, tool, segments, said):
        """The call that the request asks for. Text arguments are exactly what stands in the request."""
        spans = {key: text for text, key in segments if key}
        arguments = {}
        for f in tool.fields:
            key = f.source.key if tool.domain else f.name
            if key not in said:
                arguments[f.name] = None
                continue
            text = said[key] if f.source.values else spans.get(key, said[key])
            arguments[f.name] = f.value(text)
        return f'<tool_call>\n{{"name": "{tool.name}", "arguments": {json.dumps(arguments, ensure_ascii=False)}}}\n</tool_call>'

    def serve(self, tool, segments, said, language):
        """Call, result and answer for one request -> (messages after the user's, answer)"""
        result, text = result_of(self.random, self.entities, tool, said, language)
        reply = answer(tool, said, result, language)
        return [("assistant", self.call(tool, segments, said)), ("tool", text)], reply

    # ---- exchanges: each gives the messages of one user request, or None when it does not fit

    def exchange(self, kind, tools, language, history):
        return getattr(self, "exchange_" + kind)(tools, language, history)

    def exchange_call(self, tools, language, history):
        tool = self.random.choice(tools)
        previous = history.get("last")
        if previous and previous[0] in tools and self.random.random() < 0.35:
            made = self.follow_up(*previous, language)
            tool = previous[0]
        else:
            made = self.request(tool, language, others=tools)
            if made:
                made = (vary(self.random, made[0], language), made[1])
        if not made:
            return None
        segments, said = made
        then, reply = self.serve(tool, segments, said, language)
        history["last"] = (tool, said)
        messages = [("user", "".join(t for t, _ in segments))] + then + [("assistant", reply)]
        # The choice is what is hard: most dialogues end with the call, so that more of them fit.
        return messages if history["goes_on"] or self.random.random() < ANSWERED else messages[:2]

    def follow_up(self, tool, said, language):
        """ "and in Rome?": one text changes, nothing else had to be copied."""
        fields = [f for f in tool.fields if (f.source.key if tool.domain else f.name) in said and not f.source.values]
        if len(fields) != 1 or fields[0].source.number or fields[0].source.kind.startswith("unit"):
            return None
        f = fields[0]
        key = f.source.key if tool.domain else f.name
        value = self.entities.get(f.source.kind, language)
        form = self.random.choice(talk.FOLLOW[language].get(f.source.kind, []) + talk.FOLLOW[language][""])
        left, right = form.split("{}")
        return [(left, None), (value, key), (right, None)], {**said, key: value}

    def exchange_several(self, tools, language, history):
        """Two requests in one message: one call, its result, the next call, its result, one answer."""
        r = self.random
        first, second = r.choice(tools), r.choice(tools)
        one, two = (self.request(tool, language, others=tools) for tool in (first, second))
        if not one or not two:
            return None
        marks = "?？.。"
        joins = [" and ", " and then ", ", then ", ", and ", ". Also ", " and also ", "; "] if language == "en" else ["，然后", "，再", "，还有", "，顺便", "，并且"]
        left, right = strip_end(one[0], marks), two[0]
        text = "".join(t for t, _ in left) + r.choice(joins) + "".join(t for t, _ in right)
        a, said_a = self.serve(first, left, one[1], language)
        b, said_b = self.serve(second, right, two[1], language)
        history["last"] = (second, two[1])
        return [("user", text)] + a + b + [("assistant", said_a + (" " if language == "en" else "") + said_b)]

    def exchange_none(self, tools, language, history):
        """What no tool can do. Half of the time the fitting tool was there and has just been taken away."""
        r = self.random
        if not history.get("removed") and r.random() < 0.25:
            question = talk.open_question(r, self.entities, language)
            return [("user", "".join(t for t, _ in vary(r, [(question, None)], language))), ("assistant", talk.UNKNOWN[language])]
        if history.get("removed") and r.random() < 0.6:
            wanted = [history["removed"]]
        else:
            wanted = [self.beside(tools) for _ in range(NEAR_MISSES if tools and r.random() < 0.5 else 1)]
        made = [self.request(tool, language) for tool in wanted if not any(self.could_serve(t, tool) for t in tools)]
        made = [segments for segments, _ in filter(None, made)]
        if not made:
            return None
        there = terms(" ".join(t.line() for t in tools))
        segments = max(made, key=lambda m: len(there & terms("".join(t for t, _ in m))))
        return [("user", "".join(t for t, _ in vary(r, segments, language))), ("assistant", talk.NO_TOOL[language])]

    def beside(self, tools):
        """Another tool that could stand in the list, of the same theme as one of them or of any."""
        r, maker = self.random, self.maker
        themes = [t.domain.theme for t in tools if t.domain]
        near = lambda: maker.of_domain(maker.of_theme(r.choice(themes))) if themes else maker.any_domain()
        return r.choices([near, maker.any_domain, maker.of_archetype, maker.of_words], [30, 30, 22, 18])[0]()

    @staticmethod
    def could_serve(present, wanted):
        if present.domain and wanted.domain:
            if present.domain is wanted.domain and present.fixed and wanted.fixed:
                return present.fixed == wanted.fixed
            return bool(present.tags & wanted.tags) or "anything" in present.tags
        if present.words and wanted.words:
            return alike(present.words, wanted.words)
        a, b = (present, wanted) if present.words else (wanted, present)
        return any(noun in (b.about + b.name).lower() for noun in a.words[1][0]) or bool(a.tags & b.tags)

    def exchange_ask(self, tools, language, history):
        """A required argument is missing: ask for it; sometimes the user then gives it."""
        r = self.random
        able = [t for t in tools if t.domain and t.domain.ask[language] and not t.fixed or t.words and any(not f.optional and not f.source.values for f in t.fields)]
        if not able:
            return None
        tool = r.choice(able)
        if tool.domain:
            segments, said = self.request(tool, language, r.choice(tool.domain.ask[language]))
        else:
            lacking = [f.name for f in tool.fields if not f.optional and not f.source.values]
            segments, said = ask_words(self.maker, tool, language, tools, r.sample(lacking, r.randint(1, len(lacking))))
        missing = [f for f in tool.fields if not f.optional and (f.source.key if tool.domain else f.name) not in said]
        if not missing:
            return None
        text = "".join(t for t, _ in vary(r, segments, language))
        messages = [("user", text), ("assistant", talk.ask_for(missing, language))]
        mentioned = [f for f in tool.fields if (f.source.key if tool.domain else f.name) in said]
        # The answer may only be copied from the last message, so all that is text must stand there.
        if tool.domain and r.random() < 0.5 and not any(f.source.values for f in missing) and all(f.source.values for f in mentioned):
            parts, given = [], dict(said)
            if any(f.source.kind.startswith("unit") for f in missing):
                return messages
            for f in missing:
                given[f.source.key] = self.entities.get(f.source.kind, language)
                parts += [((", " if language == "en" else "，") if parts else "", None), (given[f.source.key], f.source.key)]
            if r.random() < 0.3 and language == "en":
                parts = [(r.choice(["it is ", "to ", "make it ", "say ", "for ", "the ", "I mean "]), None)] + parts
            then, reply = self.serve(tool, parts, given, language)
            messages += [("user", "".join(t for t, _ in parts))] + then + [("assistant", reply)]
        return messages

    def exchange_chat(self, tools, language, history):
        said, reply = talk.small(self.random, tools, language)
        varied = "".join(t for t, _ in vary(self.random, [(said, None)], language))
        text = self.random.choice([said, said[:1].upper() + said[1:], varied])
        return [("user", text), ("assistant", reply)]

    def exchange_summary(self, tools, language, history):
        r, past = self.random, []
        for _ in range(r.randint(1, 3)):
            tool = self.maker.any_domain()
            made = self.request(tool, language)
            if made:
                _, reply = self.serve(tool, *made, language)
                past.append(("".join(t for t, _ in made[0]), reply))
        return talk.summary(r, past, language) if past else None

    # ---- a whole sheet

    def sheet(self):
        r = self.random
        language = self.maker.language = "zh" if r.random() < CHINESE else "en"
        easy = r.random() > self.hardness
        if r.random() < (0.35 if easy else 0.03):
            return self.drill()
        if r.random() < (0.6 if easy else 0.02):
            made = [self.echo(language) for _ in range(r.randint(8, 20))]
            return {"system": SYSTEM, "tools": [], "dialogues": made, "language": language}
        if r.random() < 0.008:
            system, user, reply = talk.shortened(r, self.entities, language)
            return {"system": system, "tools": [], "dialogues": [[("user", user), ("assistant", reply)]], "language": language}
        if not easy and r.random() < CHATTING:
            tools = self.tools(r.choice([0, 0, 1, 2, 3]), language)
            made = [self.exchange_chat(tools, language, {}) for _ in range(r.randint(8, 16))]
            return {"system": r.choice(SYSTEMS), "tools": [t.line() for t in tools], "dialogues": made, "language": language}
        self.maker.decorated = DECORATED * self.hardness
        count = r.choice([1, 2, 3, 4]) if easy else r.choices([0, r.choice([1, 1, 2, 2, 3, 4]), r.randint(5, 8), r.randint(9, 14), r.randint(15, 20)], [3, 80, 11, 3, 3])[0]
        if not easy and r.random() < SHORTLISTED:
            tools, removed = self.shortlist(language)
        else:
            tools = self.tools(count, language)
            removed = tools.pop() if len(tools) > 1 and r.random() < 0.35 else None
        wanted = r.randint(3, 6) if not tools else min(14, 4 + round(len(tools) * r.uniform(0.6, 1.1)))
        made = [self.dialogue(tools, language, {"removed": removed} if removed and n < 3 else {}, easy) for n in range(wanted)]
        system = r.choice(SYSTEMS) if r.random() < 0.85 else r.choice(LONG)
        return {"system": system, "tools": [t.line() for t in tools], "dialogues": [d for d in made if d], "language": language}

    def shortlist(self, language):
        """-> what is left of a longer list when only what shares words with a request is shown, as the runtime does it,
        and the tool that was meant if it is not there, else None."""
        r = self.random
        pool = self.tools(r.randint(7, 12), language)
        wanted = pool.pop()
        made = self.request(wanted, language)
        said = terms(wanted.name + " " + wanted.about + " " + "".join(t for t, _ in made[0]) if made else wanted.name)
        pool.sort(key=lambda tool: -len(said & terms(tool.line())) - r.random())
        shown = pool[: r.choice([1, 1, 1, 2, 2, 3, 4])]
        if r.random() < TAKEN_AWAY:
            return shown, wanted
        shown[-1] = wanted
        r.shuffle(shown)
        return shown, None

    def drill(self):
        """Tools and requests of random words: the tool that shares words with the request is meant. It teaches to look
        through the list and to copy, before any meaning is known; without it both take three times as long to appear."""
        r = self.random
        level = r.random() ** (2 - self.hardness)
        count = r.randint(2, 3 + round(15 * level))
        words = r.sample(self.words, count * 5)
        tools = []
        for n in range(count):
            own = words[n * 5 : n * 5 + r.randint(1, 1 + round(4 * level))]
            head, rest = own[:2], own[2:]
            key = r.choice(self.words) if r.random() < 0.6 * level else None
            telling = not rest or r.random() < 0.6  # else the name says nothing
            name = "_".join(head) if telling else self.entities.plain()
            line = f"{name}({key + ': string' if key else ''})" + (" - " + " ".join(rest) if rest else "")
            tools.append((own if telling else rest, key, line, name))
        made = []
        for _ in range(r.randint(8, 16)):
            own, key, _, label = r.choice(tools)
            said = r.sample(own, r.randint(1, min(3, len(own)))) + r.sample(self.words, r.randint(0, round(3 * level)))
            r.shuffle(said)
            value = " ".join(r.choice(self.words) if r.random() < 0.6 else self.entities.invented() for _ in range(r.randint(1, 4)))
            given = {key: value} if key else {}
            if key:
                said = said + [key, value] if r.random() < 0.7 else [key, value + ","] + said
            made.append([("user", " ".join(said)), ("assistant", f'<tool_call>\n{{"name": "{label}", "arguments": {json.dumps(given)}}}\n</tool_call>')])
        return {"system": SYSTEM, "tools": [line for _, _, line, _ in tools], "dialogues": made, "language": "en"}

    def dialogue(self, tools, language, history, easy):
        """Messages of one or more exchanges with these tools."""
        r, messages = self.random, []
        kinds, weights = list(SHARES), list(SHARES.values())
        exchanges = r.choices([1, 2, 3], [78, 15, 7])[0]
        for n in range(exchanges):
            history["goes_on"] = n + 1 < exchanges
            kind = r.choices(["call", "none"], [8, 2])[0] if easy and tools else r.choices(kinds, weights)[0] if tools else r.choices(["chat", "none", "summary"], [5, 4, 3])[0]
            if "removed" in history and not messages:
                kind = "none"
            for _ in range(8):
                part = self.exchange(kind, tools, language, history)
                if part:
                    messages += part
                    break
            if not part:
                break
        return messages

    def echo(self, language):
        """Copying for its own sake; early training lives on it."""
        kind = self.random.choice("note task url id person expression email message file device phrase".split())
        text = self.entities.get(kind, language) if self.random.random() < 0.6 * self.hardness else self.entities.mix(1, 30 - round(24 * self.hardness), language)
        form = self.random.choice(talk.ECHO[language])
        return [("user", form.format(text)), ("assistant", text)]


def terms(text):
    """The beginnings of a text's words, and its Chinese characters."""
    return {word[:5] for word in re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", spoken(text))}


def prefixes(a, b):
    return a.startswith(b) or b.startswith(a)


def alike(a, b):
    """Could a request for one of two (verb, noun) pairs be meant for the other?"""
    return bool({*a[1][0]} & {*b[1][0]}) and bool({*a[0][0]} & {*b[0][0]} or {*a[0][1]} & {*b[0][1]})


CALL = re.compile(r'^(<tool_call>\n\{"name": ")(.*?)(", "arguments": )(.*)(\}\n</tool_call>)$', re.S)


ANSWERED = 0.38  # share of calls that are followed by their result and the answer
# How much a token counts in the loss. A reply is decided at its first token, a call by the name; the rest is spelling.
FIRST, NAME, ARGUMENTS, CHOICE, TEXT = 7.0, 4.0, 1.5, 4.0, 1.0


def render(sheet):
    """-> the beginning, and each dialogue, as [(text, weight)]; 0 = only read. A call is cut into the five pieces that
    node-llama-cpp tokenises one by one."""
    system = sheet["system"]
    if sheet["tools"]:
        system += "\n# Tools\n" + "\n".join(sheet["tools"])
    return [("<|im_start|>system\n" + system + "<|im_end|>\n", 0)], [rendered(messages) for messages in sheet["dialogues"]]


def rendered(messages):
    pieces = []
    for role, text in messages:
        if role == "user":
            pieces.append((f"<|im_start|>user\n{text}<|im_end|>\n", 0))
        elif role == "tool":
            pieces.append((f"<|im_start|>user\n<tool_response>\n{text}\n</tool_response><|im_end|>\n", 0))
        else:
            call = CALL.match(text)
            pieces.append(("<|im_start|>assistant\n", 0))
            weights = (1.0, NAME, 1.0, ARGUMENTS, 1.0)
            pieces += [*zip(call.groups(), weights), ("<|im_end|>", 1.0)] if call else [(text + "<|im_end|>", TEXT)]
            pieces.append(("\n", 0))
    return pieces


if __name__ == "__main__":
    made = Dialogues(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        beginning, dialogues = render(made.next())
        print("".join(text for text, _ in beginning + [piece for d in dialogues for piece in d]) + "-" * 80)
