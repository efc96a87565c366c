"""Makes cases of the strangers' requests: one JSON object a line, as `moult eval` reads them.

    python3 strangers.py dev|test [N] > cases.jsonl      N cases of each category at most (default 300); always the same

What is written in the two files shares no tool: rules are made by looking at `dev`, and `test` says whether they hold.
"""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EACH = 300
SLOT = re.compile(r"\{(\w+)=([^}]*)\}")
TYPES = {"#": {"type": "integer"}, "%": {"type": "number"}, "!": {"type": "boolean"}}
CASTS = {"#": int, "%": float, "!": lambda text: text == "true"}
ASKS = ["?", "？", "please tell", "which", "what", "need", "请告诉", "请问"]
# Tools of one line could serve each other's requests and are never offered together.
ALIKE = [
    "HassTurnOn HassLightSet lock_door set_irrigation", "create_event list_events set_reminder start_timer create_note book_squash_court",
    "create_note log_mood", "send_message gmail_send slack_post_message", "search_web reserve_library_book check_tide hospital.locate getCurrentWeather get_stock_price",
    "read_query describe_table", "list_directory move_file tail_logs", "add_to_shopping_list order_prescription_refill",
    "light_control close_curtain", "set_alarm create_reminder add_todo", "send_wechat call_contact", "query_train track_express",
    "turn_off_device set_light_color smart_lock", "add_calendar_entry create_reminder set_alarm_clock save_note restaurant_booking book_tennis_lesson",
    "send_sms compose_email phone_call", "web_search quote sports_ranking find_constellation get_forecast", "write_query search_files directory_tree get_file_contents",
    "save_note log_meal shopping_add", "device_switch window_control thermostat_set", "alarm_create remind note_add", "send_text contact_call", "flight_search navigate movie_ticket", "news_query get_weather",
    "HassTurnOn HassLightSet lock_door cover_control fan_speed set_irrigation start_dishwasher media_set_volume water_plant charge_car", "create_event list_events delete_event set_reminder list_add_task reserve_desk book_squash_court start_timer",
    "send_message whatsapp_send gmail_send slack_post_message", "search_web get_news define_word find_recipe get_movie_showtimes flight_status track_package", "convert_currency get_exchange_rate get_stock_price",
    "calculator calculate_triangle_area math.factorial calculate_bmi calculate_distance calculate_tip cell_density", "create_issue create_branch list_commits run_tests assign_ticket", "read_query describe_table create_database_backup get_user",
    "book_taxi get_directions rent_bike", "log_mood log_symptom create_note", "order_pizza find_recipe add_to_shopping_list", "light_control volume_set tv_channel humidifier_set set_ac close_curtain",
    "set_alarm create_reminder add_todo event_create leave_request expense_add", "send_wechat call_contact contact_search email_send", "query_train taxi_call hotel_book parking_find",
    "silence_alert mute_participant", "shopping_list_add note_add movie_ticket",
]


class Tool:
    """One tool of a file with its requests."""

    def __init__(self, head, group):
        self.name, self.about, inputs = (part.strip() for part in head.split(" | "))
        self.group, self.requests, self.lacking, self.results = group, [], [], []
        self.kinds, self.properties, self.required = {}, {}, []
        for part in inputs.split(" ; "):
            key, optional, kind, note = re.fullmatch(r'(\w+)(\??)(?::(\S+))?(?: "(.+)")?', part.strip()).groups()
            shape = dict(TYPES[kind]) if kind in TYPES else {"type": "string", "enum": kind.split("/")} if kind else {"type": "string"}
            self.kinds[key] = kind or ""
            self.properties[key] = {**shape, **({"description": note} if note else {})}
            self.required += [] if optional else [key]

    def wire(self):
        """The tool in the format of OpenAI."""
        parameters = {"type": "object", "properties": self.properties, "required": self.required}
        return {"type": "function", "function": {"name": self.name, "description": self.about, "parameters": parameters}}

    def cast(self, key, text):
        return CASTS.get(self.kinds[key], str)(text)


def read(half):
    """-> tools, questions that no tool answers"""
    tools, questions, part = [], [], ""
    for line in open(os.path.join(HERE, f"strangers_{half}.txt"), encoding="utf-8").read().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            part = line.strip("[]")
        elif part == "open":
            questions.append(line[2:])
        elif line[:2] == "> ":
            tools[-1].requests.append(line[2:])
        elif line[:2] == "- ":
            tools[-1].lacking.append(line[2:])
        elif line.startswith("=> "):
            result, says = line[3:].split(" | ")
            tools[-1].results.append((json.loads(result), [say.split("/") if "/" in say and len(say) < 9 else say for say in says.split(", ")]))
        else:
            tools.append(Tool(line, part))
    return tools, questions


def filled(tool, request, nth):
    """A request with the nth of each slot's values -> (message, arguments)"""
    request, *implied = re.split(r" @", request)
    arguments = {}

    def put(match):
        choices = match[2].split("|")
        said, *others = choices[nth % len(choices)].split("~")
        said, _, meant = said.partition(">")
        right = [tool.cast(match[1], value) for value in [meant or said, *others]]
        arguments[match[1]] = right if len(right) > 1 else right[0]
        return said

    message = SLOT.sub(put, request)
    for pair in implied:
        key, _, value = pair.partition("=")
        arguments[key] = tool.cast(key, value)
    return message, {key: arguments[key] for key in tool.kinds if key in arguments}


class Strangers:
    def __init__(self, half):
        self.r = random.Random(half)
        self.tools, self.questions = read(half)

    def others(self, tool, count):
        rivals = {tool.name, *(name for group in ALIKE if tool.name in group.split() for name in group.split())}
        chosen = []
        for other in self.r.sample(self.tools, len(self.tools)):
            # Chinese tools double the English ones; among themselves they are kept apart by kind.
            if other.name in rivals or (other.group == "chinese") != (tool.group == "chinese") or len(chosen) == count:
                continue
            clash = any(other.name in group.split() and one.name in group.split() for group in ALIKE for one in chosen)
            if not clash or count > 10:
                chosen.append(other)
        return chosen

    def case(self, category, tool, expect, count, with_it=True, **more):
        tools = self.others(tool, count - with_it) + [tool] * with_it
        if category == "none":
            # Who may search has an answer to everything.
            tools = [one for one in tools if not re.search("search|news|note|remind|ranking", one.name)] or self.others(tool, 1)
        self.r.shuffle(tools)
        return {"category": category, "tools": [one.wire() for one in tools], "expect": expect, **more}

    def few(self):
        return self.r.randint(2, 8)

    def calls(self, category, group, count):
        cases = [(t, q, n) for n in range(2) for t in self.tools if t.group in group for q in t.requests]
        for tool, request, nth in cases:
            message, arguments = filled(tool, request, nth)
            yield self.case(category, tool, {"name": tool.name, "arguments": arguments}, count(), message=message)

    def none(self):
        """Requests whose tool is not there, and questions that no tool answers."""
        for tool in self.tools:
            for nth, request in enumerate(tool.requests[1:3]):
                yield self.case("none", tool, None, self.few(), with_it=False, message=filled(tool, request, nth)[0])
        for nth in range(2):
            for question in self.questions:
                tool = self.r.choice(self.tools)
                yield self.case("none", tool, None, self.few(), message=question)

    def lacking(self):
        for _ in range(3):
            for tool in self.tools:
                for request in tool.lacking:
                    yield self.case("asks", tool, None, self.few(), message=request, says=[ASKS])

    def answers(self):
        for nth in range(3):
            for tool in self.tools:
                for result, says in tool.results:
                    message, arguments = filled(tool, tool.requests[nth % len(tool.requests)], nth)
                    plain = {key: value[0] if isinstance(value, list) else value for key, value in arguments.items()}
                    call = {"id": "call_1", "type": "function", "function": {"name": tool.name, "arguments": json.dumps(plain)}}
                    messages = [{"role": "user", "content": message}, {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": json.dumps(result)}]
                    yield self.case("answer", tool, None, self.few(), messages=messages, says=says)

    def all(self, each=EACH):
        kinds = [self.calls("known", ["known"], self.few), self.calls("unseen", ["new"], self.few), self.calls("18 tools", ["known", "new"], lambda: 18),
                 self.calls("chinese", ["chinese"], self.few), self.none(), self.lacking(), self.answers()]
        for kind in kinds:
            cases = list(kind)
            chosen = sorted(random.Random(each).sample(range(len(cases)), min(each, len(cases))))
            yield from (cases[at] for at in chosen)


if __name__ == "__main__":
    for one in Strangers(sys.argv[1]).all(int(sys.argv[2]) if len(sys.argv) > 2 else EACH):
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
