"""Results of tools, and the sentence that states them. Every value of a result stands in its answer, unchanged."""
import json
import re

from tools import numeral

DONE = [{"ok": True}, {"status": "ok"}, {"success": True}, {"result": "done"}, {"done": True}, "ok", "done"]
FAULTS = [
    "not found", "timeout", "permission denied", "service unavailable", "invalid value", "no network", "access denied", "unknown device", "rate limit reached", "out of range", "disk full", "connection refused",
    "bad input", "division by zero", "There is no such file", "Cannot reach the server", "Unknown unit", "Unknown place", "the device does not answer", "Cannot calculate: a number is missing", "No note fits", "It took longer than 30 s",
]
KEYS = "status state count name price eta code total message date size result owner value answer level temperature time title id balance distance duration score version city amount percent address weekday unit path text zone device".split()
RUN = {"en": "Done.", "zh": "好了。"}
FAILED = {"en": "That failed: {}.", "zh": "失败了：{}。"}
NOTHING = {"en": "I found nothing.", "zh": "没有找到。"}


def result_of(r, entities, tool, said, language):
    """-> (value, JSON text). Some calls fail; that is part of life and must be told."""
    given = tool.domain.gives if tool.domain else []
    if r.random() < 0.07:
        fault = r.choice(FAULTS) if r.random() < 0.6 else entities.mix(1, 3)
        value = r.choice([{"error": fault}, {"error": fault}, {"error": {"code": r.choice(["tool/failed", "function/limit", "input/invalid"]), "message": fault}}])
    elif given and r.random() < 0.75:
        value = {key: made(r, entities, kind, language) for key, kind in r.choice(given).items()}
    elif tool.domain and not given and r.random() < 0.75 or r.random() < 0.35:
        value = r.choice(DONE)
        if isinstance(value, dict) and r.random() < 0.2:
            value = {**value, "id": r.randint(1, 999)}
    else:
        value = loose(r, entities, language)
    return value, json.dumps(value, ensure_ascii=False)


def made(r, entities, kind, language="en"):
    """A value of a result by its kind: `#int`, `[note]` (a list), `[:note]` (a list of rows), `city`."""
    if kind.startswith("#"):
        return numeral(entities.get(kind[1:]))
    if kind.startswith("["):
        rows, inner = kind.startswith("[:"), kind.strip("[:]")
        items = [entities.get(inner, language) for _ in range(r.choice([0, 1, 1, 2, 2, 3]))]
        return [{"id": str(r.randint(1, 99)), "text": item} for item in items] if rows else items
    return entities.get(kind, language)


def loose(r, entities, language):
    """A result of a shape that nobody announced."""
    def scalar():
        kind = r.choice(["#int", "#number", "status", "person", "date", "time", "city", "id", "mix", "#int", "color", "url", "note", "topic"])
        return entities.mix(1, 3, language if r.random() < 0.3 else "en") if kind == "mix" else made(r, entities, kind)

    def flat(most):
        return {(key if r.random() < 0.8 else entities.plain()): scalar() for key in r.sample(KEYS, r.randint(1, most))}

    chance = r.random()
    if chance < 0.5:
        return flat(r.choice([1, 2, 4]))
    if chance < 0.6:
        return scalar()
    items = [entities.mix(1, 2) for _ in range(r.choice([0, 1, 2, 3]))]
    key = r.choice(["items", "results", "list", "entries", "names", "lines", "files", "rows"])
    if chance < 0.72:
        return {key: items}
    if chance < 0.78:
        return items
    if chance < 0.86:
        return {**flat(2), key: items}
    keys = r.sample(KEYS, 2)
    rows = [{key: scalar() for key in keys} for _ in range(r.choice([0, 1, 1, 2]))]
    return r.choice([rows, {key: rows}])


def show(value, language):
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(show(v, language) for v in value) if value else {"en": "empty", "zh": "空"}[language]
    return row(value, language) if isinstance(value, dict) else json.dumps(value, ensure_ascii=False)


def row(value, language):
    """ "The state is on and the level is 4": every field of an object. """
    name = lambda key: key.replace("_", " ")
    if language == "zh":
        return "，".join(f"{name(k)}：{show(v, language)}" for k, v in value.items())
    parts = [f"{name(k)} is {show(v, language)}" for k, v in value.items()]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def listed(items, language):
    if not items:
        return NOTHING[language]
    shown = [row({k: v for k, v in i.items() if k != "id" or len(i) == 1}, language) if isinstance(i, dict) and set(i) != {"id", "text"} else show(i["text"] if isinstance(i, dict) else i, language) for i in items]
    return f"I found {len(items)}: " + "; ".join(shown) + "." if language == "en" else f"找到 {len(items)} 个：" + "；".join(shown) + "。"


def answer(tool, said, value, language):
    """The answer to a result. The domain's own sentence when the result has what it states, else a plain one."""
    if isinstance(value, dict) and "error" in value:
        fault = value["error"]
        return FAILED[language].format(fault["message"] if isinstance(fault, dict) else fault)
    if value in DONE or isinstance(value, dict) and {k: v for k, v in value.items() if k != "id"} in DONE:
        return RUN[language]
    own = tool.domain and sentence(tool.domain, said, value, language)
    if own:
        return own
    if isinstance(value, list):
        return listed(value, language)
    if isinstance(value, dict):
        only = next(iter(value.values()))
        if len(value) == 1 and isinstance(only, list):
            return listed(only, language)
        return ("The " + row(value, language) + ".") if language == "en" else row(value, language) + "。"
    return f"The answer is {show(value, language)}." if language == "en" else f"结果是 {show(value, language)}。"


def sentence(domain, said, value, language):
    """What the domain says to such a result, or None."""
    if not isinstance(value, dict):
        return None
    for given, form in zip(domain.gives, domain.reply[language]):
        if form and set(given) == set(value):
            facts = {**said, **{k: show(v, language) for k, v in value.items()}}
            for part in re.findall(r"\[[^\]]*\]", form):
                known = all(key in facts for key in re.findall(r"\{(\w+)\}", part))
                form = form.replace(part, part[1:-1] if known else "")
            if all(key in facts for key in re.findall(r"\{(\w+)\}", form)):
                return form.format(**facts)
    return None
