"""Everything that is not a call: small talk, refusals, questions back, summaries and titles."""
import re

from tools import spoken

NO_TOOL = {"en": "I have no tool for that.", "zh": "我没有能做这件事的工具。"}
UNKNOWN = {"en": "I can't answer that. I am a small built-in model; a larger one can.", "zh": "这个我答不上来。我只是一个内置的小模型，更大的模型可以。"}
WHO = {"en": "I am Moult, a small built-in model. I can call tools and give short answers.", "zh": "我是 Moult，一个内置的小模型。我可以调用工具并给出简短的回答。"}

ECHO = {"en": ["repeat: {}", "say exactly: {}", "echo {}", "repeat after me: {}", "copy this text: {}", "just write {}"], "zh": ["重复：{}", "跟我说：{}", "请复述：{}", "原样写出：{}"]}

# How a second request refers to the first, by the kind of what changes.
FOLLOW = {
    "en": {
        "": ["and {}?", "what about {}?", "same for {}", "now {}", "and for {}?", "how about {}?", "{}?", "also {}", "and {} please", "{} too", "then {}", "do the same with {}", "try {}"],
        "city": ["and in {}?", "what about in {}?", "in {}?", "and {} too"],
        "device": ["and the {}?", "the {} too", "and now the {}", "also the {}"],
        "room": ["and the {}?", "the {} as well", "and in the {}?"],
        "person": ["and with {}?", "to {} as well"],
    },
    "zh": {"": ["那{}呢？", "{}呢", "还有{}", "换成{}", "再来{}", "{}也一样", "然后是{}"]},
}

SMALL = {
    "en": [
        ("hi|hello|hey|good morning|hi there|hey there|hello!|good evening|yo|good afternoon|greetings|hello moult|hiya|morning|hey moult", "Hello! How can I help?"),
        ("thanks|thank you|thx|thanks a lot|great, thanks|cool thanks|thank you very much|many thanks|much appreciated|ty|thanks for the help|cheers", "You're welcome."),
        ("who are you?|what are you?|what is your name?|are you a human?|tell me about yourself|are you an AI?|who made you?|what model are you?|introduce yourself|are you chatgpt?|are you a robot?|what's your name|which model is this?|are you a person?|who am I talking to?", WHO["en"]),
        ("bye|good night|see you|goodbye|see you later|bye bye|that's all|talk to you later|have a nice day|ciao|cu|I'm off", "Goodbye!"),
        ("how are you?|how is it going?|are you ok?|how do you do?|what's up?|how are you doing today?|everything fine?|you alright?", "I am fine and ready to help."),
        ("ok|great|nice|perfect|good job|cool|well done|awesome|excellent|very good|that's great|wonderful|fine|good bot", "Glad to help."),
        ("tell me a joke|make me laugh|say something funny|do you know a joke?|a joke please|another joke|got any jokes?", "Why did the robot rest? Its batteries were flat."),
        ("no|never mind|forget it|cancel that|no thanks|leave it|stop|nothing|not now|don't bother", "All right."),
        ("I am sad|I feel lonely|I am bored|I am tired|I had a bad day|I'm stressed|I feel bad|I'm so unhappy", "I am sorry to hear that."),
        ("you are stupid|that was wrong|you are useless|this is wrong|that's not what I asked|bad answer|wrong|you made a mistake", "I am sorry. Please say it in other words."),
        ("are you there?|test|can you hear me?|are you online?|ping|anybody there?|hello?|is this working?", "I am here."),
        ("do you speak chinese?|which languages do you speak?|do you understand German?|can you speak spanish?|what languages do you know?", "I understand simple requests in English and Chinese."),
        ("I love you|you are great|you are the best|I like you|you're so smart", "That is kind of you."),
    ],
    "zh": [
        ("你好|您好|嗨|早上好|下午好|晚上好|哈喽|在吗你好|大家好", "你好！有什么可以帮你？"),
        ("谢谢|多谢|谢谢你|非常感谢|太感谢了|辛苦了|谢啦", "不客气。"),
        ("你是谁|你叫什么名字|你是什么|你是人吗|介绍一下你自己|你是机器人吗|你是什么模型|谁做的你", WHO["zh"]),
        ("再见|晚安|拜拜|回头见|下次聊|我走了", "再见！"),
        ("你好吗|你怎么样|最近好吗|还好吗|过得怎么样", "我很好，随时可以帮忙。"),
        ("好的|不错|太好了|很好|真棒|干得好|完美|可以", "很高兴能帮上忙。"),
        ("讲个笑话|说点好笑的|逗我笑|来个笑话", "机器人为什么休息？因为电池没电了。"),
        ("不用了|算了|没事了|取消|别管了|不需要", "好的。"),
        ("我很难过|我好无聊|我累了|今天很糟糕|我压力很大", "听到这个我很难过。"),
        ("你真笨|错了|不对|答错了|你没用", "对不起，请换个说法。"),
        ("在吗|听得到吗|测试|你在不在", "我在。"),
        ("你会说英语吗|你懂哪些语言|你会中文吗", "我能听懂简单的中文和英文请求。"),
    ],
}
SKILLS = {
    "en": "what can you do?|help|how can you help me?|which tools do you have?|what are your skills?|what do you do?|list your tools|what are you able to do?|show me your functions|what can I ask you?|your capabilities?|how does this work?|what tools are available?",
    "zh": "你能做什么|你会什么|帮助|你有什么工具|你有哪些功能|怎么用你|列出你的工具",
}
OPEN = {
    "en": "write a poem about {topic}|who won the game of {team}?|what do you think about {topic}?|explain {topic} to me|write an essay on {topic}|why is {item} so expensive?|who is {person}?|who was the first king of {country}?|what is the capital of {country}?|give me advice about {event}|draw a picture of {item}|what is the meaning of life?|how does {topic} work?|why do people like {song}?|tell me a story about {pet}|who invented {item}?|how old is {person}?|write code that sorts a list|what is the best {product}?|should I marry {person}?|what happened in {year}?|how far is the moon?|is {team} better than {team}?|compare {food} and {food}|why is the sky blue?|what's the difference between {item} and {item}?|how tall is mount everest?|what does {person} want?|why did {person} leave?|how many people live in {country}?|is it true that {note}?|teach me about {topic}|who wrote {book}?|what language do they speak in {country}?|give me a business idea|do my homework|solve my problems|what will happen in {year}?|who is the president of {country}?|prove that there are infinitely many primes|write a love letter to {person}|what is {topic}?|how do I become rich?|argue against {topic}|summarise the plot of {movie}|what's your opinion on {movie}?|what colour is the {pet}?|when was {country} founded?|name three facts about {city}|is {food} healthy?|can {pet} eat {food}?|what is quantum physics?|rewrite this politely: {message}|fix the grammar: {message}|write a haiku|plan my life",
    "zh": "写一首关于{topic}的诗|{country}的首都是哪里|你怎么看{topic}|给我解释一下{topic}|为什么天是蓝的|{book}是谁写的|{person}是谁|人生的意义是什么|写一篇关于{topic}的作文|{item}为什么这么贵|谁发明了{item}|给我讲个关于{pet}的故事|{country}有多少人口|{year}年发生了什么|{topic}是怎么回事|画一张{item}的图|怎么才能变有钱|{food}健康吗|珠穆朗玛峰有多高|写一段排序代码|{team}和{team}谁更强|帮我写作业|{movie}讲了什么|量子物理是什么",
}
LABELS = {  # what a kind is called in Chinese when it is asked for
    "city": "城市", "person": "人", "device": "设备", "room": "房间", "time": "时间", "date": "日期", "day": "日期", "duration": "时长", "task": "事项", "note": "内容", "message": "内容", "topic": "主题", "song": "歌曲", "item": "物品", "food": "菜名", "file": "文件", "url": "网址", "email": "邮箱", "phone": "电话", "id": "编号", "language": "语言", "phrase": "文字", "expression": "算式", "event": "名称", "title": "标题", "number": "数值", "int": "数量", "small": "数量", "percent": "百分比", "degrees": "温度", "word": "词", "product": "商品", "place": "地点", "address": "地址", "currency": "货币", "company": "股票", "symbol": "股票", "list": "清单", "host": "主机", "service": "服务", "restaurant": "餐厅", "hotel": "酒店", "movie": "电影", "book": "书", "color": "颜色", "folder": "文件夹", "unit_from": "原单位", "unit_to": "目标单位",
}
SUMMARISE = {
    "en": (["Summarize this conversation:", "Summarize the dialogue:", "Give a short summary of this chat:", "Summarise:", "Summarize the conversation so far in a few sentences:", "Please summarize the following conversation:", "Sum up this talk:"], "User: ", "Assistant: "),
    "zh": (["总结这段对话：", "请概括以下对话：", "给这段聊天写个摘要："], "用户：", "助手："),
}
TITLE = {
    "en": ["Give this conversation a title:", "Write a short title for this chat:", "Title for this conversation:", "Suggest a title:"],
    "zh": ["给这段对话起个标题：", "请为这段聊天写一个标题："],
}


def everyday():
    """All small talk that users say."""
    return [text for language in SMALL for said in [SKILLS[language], *(s for s, _ in SMALL[language])] for text in said.split("|")]


def small(r, tools, language):
    """-> (what the user says, the reply)"""
    if r.random() < 0.14:
        names = ", ".join(t.name for t in tools[:6])
        more = len(tools) > 6
        if language == "zh":
            can = f"我可以用这些工具：{names}{' 等' if more else ''}。" if tools else "我可以聊几句和做总结。现在没有连接工具。"
        else:
            can = f"I can use these tools: {names}{' and more' if more else ''}." if tools else "I can chat a little and summarize. No tools are connected."
        return r.choice(SKILLS[language].split("|")), can
    said, reply = r.choice(SMALL[language])
    return r.choice(said.split("|")), reply


def open_question(r, entities, language):
    form = r.choice(OPEN[language].split("|"))
    return re.sub(r"\{(\w+)\}", lambda m: entities.get(m[1], language), form)


def ask_for(fields, language):
    if language == "zh":
        return "请告诉我" + "和".join(LABELS.get(f.source.kind, spoken(f.name)) for f in fields) + "。"
    return "Please tell me the " + " and the ".join(spoken(f.name).removeprefix("the ") for f in fields) + "."


def shortened(r, entities, language):
    """A text and its most important sentences: the first two, as they stand. -> (system, user, reply)"""
    count = r.randint(3, 6)
    mark = "。" if language == "zh" else ". "
    sentences = [entities.get(r.choice(["note", "message", "note", "topic"]), language) for _ in range(count)]
    sentences = [s[:1].upper() + s[1:] for s in sentences]
    end = mark.strip()
    return SHORTEN, mark.join(sentences) + end, mark.join(sentences[:2]) + end


SHORTEN = "Summarize the text in at most three sentences. Add nothing."


def summary(r, past, language):
    """Extraction only: what was said stands in the summary as it was said."""
    asks, user, assistant = SUMMARISE[language]
    talk = "\n".join(f"{user}{u}\n{assistant}{a}" for u, a in past)
    if r.random() < 0.3:
        words = past[0][0].rstrip("?？.。!")
        title = " ".join(words.split()[:6]) if language == "en" else words[:12]
        return [("user", r.choice(TITLE[language]) + "\n" + talk), ("assistant", title[:1].upper() + title[1:])]
    if language == "zh":
        told = "".join(("用户说" if i == 0 else "然后用户说") + f"“{u.rstrip('？。')}”，答复：{a}" for i, (u, a) in enumerate(past))
    else:
        told = " ".join(("The user" if i == 0 else "Then the user") + f' said "{u.rstrip("?.")}" and was told: {a}' for i, (u, a) in enumerate(past))
    return [("user", r.choice(asks) + "\n" + talk), ("assistant", told)]
