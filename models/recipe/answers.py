"""Results of tools, and the sentence that states them. Every value of a result stands in its answer, unchanged."""
import json
import re

from tools import numeral

DONE = [{"ok": True}, {"status": "ok"}, {"success": True}, {"result": "done"}, {"done": True}, "ok", "done"]
FAULTS = [
    "not found", "timeout", "permission denied", "service unavailable", "invalid value", "no network", "access denied", "unknown device", "rate limit reached", "out of range", "disk full", "connection refused",
    "bad input", "division by zero", "There is no such file", "Cannot reach the server", "Unknown unit", "Unknown place", "the device does not answer", "Cannot calculate: a number is missing", "No note fits", "It took longer than 30 s",
]
KEYS = "status state count name price eta code total message date size result owner value answer level temperature time title id balance distance duration score version city amount percent address weekday unit path text zone device eta start end at to from location room place content file folder channel artist album symbol currency change high low humidity wind condition battery brightness mode position phase host pod version branch author assignee priority due created updated deleted reminder event message translation meaning word category confirmation booking seats people restaurant tax minutes hours speed rank winner team rating pages language phone email carrier tracking number balance_after next_due summary last_seen signal volume temp_c pressure".split()
KEYS_ZH = "状态 名称 价格 时间 日期 结果 城市 数量 地址 温度 天气 备注 编号 内容 标题 地点 电话 姓名 余额 距离 类型 单位 车次 座位 物流 到达 金额 开始 结束 房间".split()
WRAPPED = "data result item event task record response order entry info details current output".split()
AGREED = ("ok", "success", "status", "done", "result", "code", "error")
RUN = {"en": "Done.", "zh": "好了。"}
FAILED = {"en": "That failed: {}.", "zh": "失败了：{}。"}
NOTHING = {"en": "I found nothing.", "zh": "没有找到。"}


def result_of(r, entities, tool, said, language):
    """-> (value, JSON text). Some calls fail; that is part of life and must be told."""
    given = tool.domain.gives if tool.domain else []
    if r.random() < 0.07:
        fault = r.choice(FAULTS) if r.random() < 0.6 else entities.mix(1, 3)
        value = r.choice([{"error": fault}, {"error": fault}, {"error": {"code": r.choice(["tool/failed", "function/limit", "input/invalid"]), "message": fault}}])
    elif given and r.random() < 0.58:
        value = {key: made(r, entities, kind, language) for key, kind in r.choice(given).items()}
    elif tool.domain and not given and r.random() < 0.5 or r.random() < 0.25:
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
    own = language if r.random() < 0.6 else "en"

    def scalar():
        kind = r.choice("#int #int #number status person date time city id mix color url note topic hm isodate task event place food product song file message duration percent code flightno address foreign slug slug logline".split())
        chance = r.random()
        if chance < 0.04:
            return r.choice([True, False])
        if chance < 0.08:
            return f"{entities.make_isodate(own)}T{entities.make_hm(own)}"
        if chance < 0.12:
            return f"{entities.get('number')} {r.choice('km kg % °C EUR USD ms MB min kWh m/s'.split())}"
        return entities.mix(1, 3, own) if kind == "mix" else made(r, entities, kind, own)

    def key():
        return entities.plain() if r.random() < 0.12 else r.choice(KEYS_ZH) if language == "zh" and r.random() < 0.25 else r.choice(KEYS)

    def flat(least, most):
        return {key(): scalar() for _ in range(r.randint(least, most))}

    chance = r.random()
    if chance < 0.4:
        return flat(1, r.choice([1, 2, 4, 5]))
    if chance < 0.48:
        return scalar()
    if chance < 0.6:  # it worked, and this is what was made
        return {**r.choice([{"ok": True}, {"success": True}, {"status": "ok"}, {"done": True}]), **flat(1, 3)}
    if chance < 0.7:
        return {**({"ok": True} if r.random() < 0.4 else {}), r.choice(WRAPPED): flat(1, 4)}
    items = [scalar() if r.random() < 0.4 else entities.mix(1, 2, own) for _ in range(r.choice([0, 1, 2, 3]))]
    name = r.choice(["items", "results", "list", "entries", "names", "lines", "files", "rows", "events", "tasks", "matches"])
    if chance < 0.78:
        return {name: items}
    if chance < 0.81:
        return items
    if chance < 0.88:
        return {**flat(1, 2), name: items}
    keys = [key() for _ in range(r.choice([2, 2, 3]))]
    rows = [{k: scalar() for k in keys} for _ in range(r.choice([0, 1, 2, 2, 3]))]
    return r.choice([rows, {name: rows}, {name: rows}, {**flat(1, 2), name: rows}])


def show(value, language):
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(show(v, language) for v in value) if value else {"en": "empty", "zh": "空"}[language]
    if isinstance(value, dict):  # what an entry of a list is: its values are enough
        return " ".join(show(v, language) for k, v in value.items() if k != "id" or len(value) == 1)
    return json.dumps(value, ensure_ascii=False)


def opened(value):
    """{"data": {"level": 4}} -> {"level": 4}: what stands inside is what counts."""
    flat = {}
    for k, v in value.items():
        flat.update(v if isinstance(v, dict) else {k: v})
    return flat


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
    shown = [show(i["text"] if isinstance(i, dict) and set(i) == {"id", "text"} else i, language) for i in items]
    return f"I found {len(items)}: " + "; ".join(shown) + "." if language == "en" else f"找到 {len(items)} 个：" + "；".join(shown) + "。"


def answer(tool, said, value, language):
    """The answer to a result. The domain's own sentence when the result has what it states, else a plain one."""
    if isinstance(value, dict) and "error" in value:
        fault = value["error"]
        return FAILED[language].format(fault["message"] if isinstance(fault, dict) else fault)
    if value in DONE:
        return RUN[language]
    own = tool.domain and sentence(tool.domain, said, value, language)
    if own:
        return own
    if isinstance(value, list):
        return listed(value, language)
    if isinstance(value, dict):
        value = opened(value)
        made_it = [k for k, v in value.items() if k in AGREED and v in (True, "ok", "done")]
        if made_it:
            rest = {k: v for k, v in value.items() if k not in made_it}
            if not rest:
                return RUN[language]
            return RUN[language] + (" The " + row(rest, language) + "." if language == "en" else row(rest, language) + "。")
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
