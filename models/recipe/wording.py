"""Other words for the same thing. Each request is now and then said a little differently than it was written."""
import re

# Only what means the same in every sentence of the domains.
SAME = {
    "turn on": "switch on,put on,flick on,power on,light up",
    "turn off": "switch off,put off,flick off,power off,shut off",
    "switch on": "turn on,put on,activate",
    "switch off": "turn off,kill,cut",
    "show me": "let me see,give me,display,pull up,bring up,I'd like to see,may I see",
    "tell me": "let me know,say,I'd like to know,give me,do tell",
    "what is": "what's,tell me,do you know,can you tell me,I wonder what is",
    "what's": "what is,tell me,any idea what's",
    "how much is": "what is,tell me how much is,what would be",
    "how many": "what number of,tell me how many",
    "i want": "i'd like,i need,i wish for,i could do with,i would love",
    "i need": "i want,i require,i could use,get me,i'm after",
    "i would like": "i want,i'd love,i fancy,i need",
    "i'd like": "i want,i'd love,i fancy",
    "find": "look for,search for,dig up,seek,get me,hunt for",
    "search for": "look for,find,hunt for,dig for",
    "look up": "check,find,search for,see",
    "delete": "remove,erase,wipe,get rid of,bin,scrap",
    "remove": "delete,take out,drop,strike,get rid of",
    "add": "put,include,throw in,stick",
    "start": "begin,launch,kick off,get going with,fire up",
    "stop": "end,halt,quit,cease",
    "send": "shoot,forward,fire off,pass",
    "book": "reserve,get,arrange,organise,secure",
    "reserve": "book,get,hold,arrange",
    "cancel": "call off,scrap,drop,undo",
    "check": "look at,have a look at,see about,inspect,take a look at",
    "create": "make,set up,new,build,prepare",
    "make": "create,do,prepare",
    "open": "bring up,get me",
    "read": "show,go through,have a look at",
    "set": "put,bring,fix,adjust",
    "put": "set,place,get",
    "give me": "get me,hand me,i want,let me have",
    "get": "fetch,bring,grab",
    "get me": "bring me,i want,find me",
    "remind me": "nudge me,poke me,give me a shout,tell me,alert me",
    "write down": "jot down,put on paper,record,keep",
    "remember": "keep in mind,don't forget,memorise",
    "is there": "do we have,have we got,do you know",
    "where is": "where's,where can I find,do you know where is",
    "where can i": "where could I,where do I",
    "play": "put on,start,let me hear",
    "buy": "purchase,get,order,pick up",
    "order": "get,buy,have",
    "how do i": "how can I,how would I,how does one",
    "when is": "what time is,when's",
    "when does": "at what time does,when exactly does",
    "report": "tell them about,flag,announce",
    "log": "record,note,track,enter",
    "record": "log,note,keep,enter",
    "status of": "state of,how is,news of,update on",
    "the nearest": "the closest,a nearby,the next",
    "restart": "reboot,bounce,cycle",
    "print": "put on paper,run off,make a printout of",
    "close": "shut",
    "shut": "close",
    "list": "show,enumerate,give me,go through",
    "schedule": "plan,arrange,set up,pencil in",
    "transfer": "send,wire,move",
    "please": "kindly,be so kind and,if you would,would you",
    "do i have": "have I got,are there,do I own",
    "i have": "i've got,there is",
    "we need": "we want,we could use,we are short of",
    "is the": "is our,is that,could it be that the",
    "my": "our,the",
}
FINDERS = [(re.compile(rf"(?<![\w{{<=]){re.escape(words)}(?![\w}}=>])", re.I), others.split(",")) for words, others in SAME.items()]
# Chinese words are replaced as they stand.
SAME_ZH = {
    "打开": "开一下,开启,点开", "关掉": "关上,关了,关闭", "帮我": "替我,给我,麻烦", "查一下": "看一下,查查,查询", "怎么样": "如何,咋样", "多少": "几多,是多少", "提醒我": "叫我,记得提醒我,通知我",
    "告诉": "通知,转告", "播放": "放,来点", "设为": "设成,调到,改成", "调到": "设到,弄到,改到", "添加": "加上,新增,加", "删除": "删掉,去掉,移除", "我想": "我要,想,我打算", "有没有": "是否有,可有", "列出": "显示,给我看,罗列", "预订": "订,预约,定",
    "搜索": "搜,找,查找", "显示": "给我看,展示", "取消": "撤销,不要了", "新建": "创建,建一个", "附近": "周围,旁边", "买": "购买,来", "记录": "记下,登记", "看看": "瞧瞧,看一下", "给我": "替我,帮我",
}


def reword(r, phrase, language, chance=0.3):
    """The phrase, with at most one or two of its words said another way. Slots and marks stay as they are."""
    if r.random() > chance:
        return phrase
    if language == "zh":
        found = [words for words in SAME_ZH if words in phrase]
        return phrase.replace(words := r.choice(found), r.choice(SAME_ZH[words].split(",")), 1) if found else phrase
    found = [(pattern, others) for pattern, others in FINDERS if pattern.search(phrase)]
    for pattern, others in r.sample(found, min(len(found), r.choice([1, 1, 2]))):
        phrase = pattern.sub(r.choice(others), phrase, count=1)
    return phrase
