"""The assistant's daily bread: sums, clocks, units, notes, files, weather, reminders, timers, lists, messages."""

DOMAINS = [
    dict(
        names="calculate calculator calc math evaluate compute do_math arithmetic solve eval_expression",
        about="Evaluate an arithmetic expression|Do math|Calculator|Compute the value of an expression|Calculates|计算表达式|Works out a sum",
        args="expression/expr/input/formula/sum/query: expression",
        en="""
            what is {expression}?
            calculate {expression}
            compute {expression}
            how much is {expression}?
            {expression}
            {expression} = ?
            {expression}?
            {expression} =
            what's {expression}
            solve {expression}
            evaluate {expression}
            can you work out {expression}?
            tell me {expression}
            what does {expression} come to?
            what do I get for {expression}?
            {expression} equals what?
            work out {expression}
            the result of {expression}
            what's the answer to {expression}?
            give me {expression}
            do the math: {expression}
            quick math: {expression}
            I need the value of {expression}
            how many is {expression}?
            calculate this: {expression}
            what would {expression} be?
            find {expression}
        """,
        zh="""
            {expression}等于多少
            计算{expression}
            {expression}是多少
            算一下{expression}
            {expression}
            {expression}=？
            帮我算{expression}
            {expression}的结果
            请计算 {expression}
            {expression}得多少
        """,
        ask="calculate something|do some math", ask_zh="帮我算个数", gives="result=#number", reply="{expression} = {result}", reply_zh="{expression} = {result}", tags="math",
    ),
    dict(
        names="clock get_time current_time time now world_clock date_time what_time local_time",
        about="Get the current time and date, here or in a city|Current date and time|What time is it|Get the current time|Local time of a place|查询当前时间和日期",
        args="place/city/timezone/location/zone/where?: clockplace",
        en="""
            what time is it[ in {place}]?
            what time is it now[ in {place}]?
            current time[ in {place}]
            time[ in {place}] please
            tell me the time[ in {place}]
            what's the time[ in {place}]?
            do you know what time it is[ in {place}]?
            how late is it[ in {place}]?
            local time[ in {place}]
            what day is it[ in {place}]?
            what's the date[ in {place}]?
            what is today's date?
            what's the date today[ in {place}]?
            which day of the week is it?
            what weekday is it[ in {place}]?
            the time[ in {place}]
            what does the clock say[ in {place}]?
            is it late[ in {place}]?
            is it morning or evening[ in {place}]?
            give me the date
            date and time[ in {place}]
            which year is it?
            what month is it?
            time check[ for {place}]
            {place} time
            time in {place}?
            hour in {place}
        """,
        zh="""
            [{place}]现在几点
            [{place}]几点了
            现在是什么时间
            今天几号
            今天星期几
            [{place}]今天是什么日期
            告诉我时间
            查一下{place}的时间
            {place}时间
            现在什么时候了
            [{place}]的当地时间
            今天是几月几号
        """,
        gives="time=clocktime | time=hm weekday=weekdayname date=isodate zone=zonename | time=hm date=isodate", reply="It is {time}[ in {place}]. | It is {time} on {weekday}, {date} ({zone}). | It is {time} on {date}[ in {place}].", reply_zh="[{place}]现在是 {time}。 | 现在是 {date} {weekday} {time}（{zone}）。 | [{place}]现在是 {date} {time}。", tags="clock",
    ),
    dict(
        names="convert_units unit_convert convert unit_conversion units converter unit_converter measure_convert",
        about="Convert a value between units|Unit conversion|Convert measurements|Converts lengths, weights, temperatures|单位换算",
        args="""
            value/amount/number/quantity: #number
            from/from_unit/source/unit: unit_from
            to/to_unit/target/into: unit_to
        """,
        en="""
            convert {value} {from} to {to}
            convert {value} {from} into {to}
            how many {to} is {value} {from}?
            how many {to} are {value} {from}?
            how many {to} are in {value} {from}?
            how many {to} in {value} {from}?
            how many {to} are there in {value} {from}
            how many {to} do {value} {from} make?
            {value} {from} in {to}
            {value} {from} to {to}
            {value} {from} into {to}
            {value} {from} as {to}
            what is {value} {from} in {to}?
            what are {value} {from} in {to}?
            change {value} {from} into {to}
            how much is {value} {from} in {to}?
            how much are {value} {from} in {to}?
            express {value} {from} in {to}
            I have {value} {from}, what is that in {to}?
            {value} {from} is how many {to}?
            turn {value} {from} into {to}
            give me {value} {from} in {to}
            {value} {from} equals how many {to}?
            {value} {from} = ? {to}
            what's {value} {from} converted to {to}?
            in {to}, how much is {value} {from}?
            how long is {value} {from} in {to}?
        """,
        zh="""
            {value}{from}等于多少{to}
            {value}{from}是多少{to}
            把{value}{from}换算成{to}
            {value}{from}换成{to}
            {value} {from} 转 {to}
            {value}{from}有多少{to}
            {value}{from}合多少{to}
            换算{value}{from}到{to}
        """,
        ask="convert {value} {from}|convert units|how many {to} is that?", ask_zh="换算{value}{from}|单位换算", gives="result=#number | result=#number unit=unit_to", reply="{value} {from} = {result} {to} | {value} {from} = {result} {unit}", reply_zh="{value} {from} = {result} {to} | {value} {from} = {result} {unit}", tags="units",
    ),
    dict(
        names="notes notebook note_tool memo_book my_notes manage_notes",
        about="Save, search, list or delete notes|Keeps the user's notes|Add, find or remove notes|Personal notebook|笔记：添加、搜索、列出、删除",
        args="""
            action/op/command/do: add~create~save~write(add/添加) | search~find(search/搜索) | list~show~all(list/列出) | delete~remove(delete/删除)
            text/content/note/query?: notetext
        """,
        en="""
            note that {text} <action=add>
            take a note: {text} <action=add>
            remember that {text} <action=add>
            remember: {text} <action=add>
            write down that {text} <action=add>
            write this down: {text} <action=add>
            save a note: {text} <action=add>
            add a note saying {text} <action=add>
            add a note: {text} <action=add>
            note: {text} <action=add>
            make a note that {text} <action=add>
            new note: {text} <action=add>
            jot down: {text} <action=add>
            keep in mind that {text} <action=add>
            note down {text} <action=add>
            put in my notes that {text} <action=add>
            what did I note about {!keyword}? <action=search>
        """.replace("            what did I note about {!keyword}? <action=search>\n", "") + """
            show my notes <action=list>
            list all my notes <action=list>
            list my notes <action=list>
            what notes do I have? <action=list>
            which notes are there? <action=list>
            all notes <action=list>
            read me my notes <action=list>
            give me every note <action=list>
            what have I written down? <action=list>
        """,
        zh="""
            记一下：{text} <action=add>
            记住{text} <action=add>
            帮我记下{text} <action=add>
            添加笔记：{text} <action=add>
            写个笔记，{text} <action=add>
            备忘：{text} <action=add>
            列出我的笔记 <action=list>
            我有哪些笔记 <action=list>
            看看所有笔记 <action=list>
            显示笔记 <action=list>
        """,
        ask="take a note <action=add>|make a new note <action=add>", gives="done=savedword notes=[:note] | notes=[:note]", reply="Saved: {text}. | ", reply_zh="已保存：{text}。 | ", tags="notes",
    ),
    dict(
        names="notes notebook note_tool memo_book my_notes manage_notes",
        about="Save, search, list or delete notes|Keeps the user's notes|Add, find or remove notes|Personal notebook|笔记：添加、搜索、列出、删除",
        args="""
            action/op/command/do: add~create~save~write(add/添加) | search~find(search/搜索) | list~show~all(list/列出) | delete~remove(delete/删除)
            text/content/note/query?: keyword
        """,
        en="""
            what did I note about {text}? <action=search>
            what did I note about the {text}? <action=search>
            search my notes for {text} <action=search>
            find my note about {text} <action=search>
            find my note about the {text} <action=search>
            do I have a note about {text}? <action=search>
            what do my notes say about {text}? <action=search>
            what do my notes say about the {text}? <action=search>
            look in my notes for {text} <action=search>
            any notes on {text}? <action=search>
            which note mentions {text}? <action=search>
            is there something about {text} in my notes? <action=search>
            what did I write about {text}? <action=search>
            look up {text} in my notes <action=search>
            delete the note about {text} <action=delete>
            delete the note about the {text} <action=delete>
            remove my note about {text} <action=delete>
            remove my note about the {text} <action=delete>
            erase the note on {text} <action=delete>
            get rid of the note about {text} <action=delete>
            drop my {text} note <action=delete>
            forget the note about {text} <action=delete>
            throw away the note about the {text} <action=delete>
            show all notes <action=list>
            list notes <action=list>
        """,
        zh="""
            我记过{text}吗 <action=search>
            搜索关于{text}的笔记 <action=search>
            查找笔记{text} <action=search>
            关于{text}我记了什么 <action=search>
            删除关于{text}的笔记 <action=delete>
            把{text}那条笔记删掉 <action=delete>
            列出所有笔记 <action=list>
        """,
        ask="delete a note <action=delete>|search my notes <action=search>", ask_zh="搜索笔记 <action=search>", gives="notes=[note] | notes=[:note] | notes=[:note] | done=deletedword notes=[:note]", reply=" |  |  | Deleted.", reply_zh=" |  |  | 已删除。", tags="notes",
    ),
    dict(
        names="add_note take_note save_note create_note write_note memo remember store_note",
        about="Save a note|Write down a note|Store text for later|Remembers something|保存笔记",
        args="text/content/note/body/what: notetext",
        en="""
            take a note: {text}
            note that {text}
            write down that {text}
            save a note: {text}
            remember that {text}
            note: {text}
            please note down: {text}
            make a note that {text}
            add a note saying {text}
            jot down: {text}
            keep in mind that {text}
            don't forget: {text}
            for the record: {text}
            memo: {text}
            store this: {text}
            put this in my notes: {text}
            I must not forget that {text}
            save this for later: {text}
            write "{text}" into my notes
        """,
        zh="""
            记一下：{text}
            记住{text}
            帮我记下{text}
            写个备忘：{text}
            保存笔记：{text}
            别忘了{text}
            做个记录，{text}
        """,
        ask="take a note|save a note for me|write something down", ask_zh="记个笔记|帮我记一下", tags="notes",
    ),
    dict(
        names="search_notes find_note get_notes note_search look_up_note",
        about="Search saved notes|Read notes about a topic|Find a note by keyword|搜索笔记",
        args="query/keyword/search/q/about: keyword",
        en="""
            what did I note about {query}?
            find my note about {query}
            search my notes for {query}
            show notes about {query}
            read my notes on {query}
            do I have a note about {query}?
            look in my notes for {query}
            any notes on {query}?
            what do my notes say about {query}?
            where did I write about {query}?
            my {query} note
            notes: {query}
            did I write down something about {query}?
        """,
        zh="""
            查找关于{query}的笔记
            我记过{query}吗
            笔记里有没有{query}
            搜索笔记{query}
        """,
        ask="search my notes|find a note", ask_zh="找一条笔记", gives="notes=[note]", tags="notes",
    ),
    dict(
        names="read_file open_file file_read cat_file load_file show_file view_file files",
        about="Read a text file, or list the files|Read a file|Show the content of a file|Open a text file|读取文件",
        args="path/file/filename/name/file_path?: file",
        en="""
            read the file {path}
            read {path}
            open {path}
            open the file {path}
            show me the file {path}
            show {path}
            what is in {path}?
            what's in {path}?
            what does {path} say?
            what does {path} contain?
            print the content of {path}
            print {path}
            display {path}
            load the file {path}
            cat {path}
            can you read {path} for me?
            look inside {path}
            show me what {path} says
            read my {path} file
            content of {path}
            let me see {path}
            view {path}
            read out {path}
            I need to see {path}
            dump {path}
            what's written in {path}?
            read me {path} aloud
            get me the text of {path}
        """,
        zh="""
            读取{path}
            打开{path}
            {path}里有什么
            显示{path}的内容
            看看{path}
            帮我读{path}
            查看文件{path}
            把{path}念给我听
        """,
        gives="text=note | path=file text=note | path=file text=topic", reply="{text} | {path} says: {text} | {path} says: {text}", reply_zh="{text} | {path}：{text} | {path}：{text}", tags="readfile",
    ),
    dict(
        names="read_file files file_reader my_files open_file documents",
        about="Read a text file, or list the files|Reads a file, or lists all when no path is given|List or read files|读取或列出文件",
        args="path/file/name?: file",
        en="""
            which files do I have?
            list my files
            list the files
            list all files
            what files are there?
            show my files
            show me all my files
            files please
            what is in my folder?
            what documents do I have?
            do I have any files?
            give me a list of my files
            ls
            what can you read?
            open {path}
            read {path}
            what is in {path}?
        """,
        zh="""
            我有哪些文件
            列出文件
            显示所有文件
            有什么文件
            打开{path}
            读一下{path}
        """,
        gives="files=[file] | path=folder files=[file]", tags="readfile listfiles",
    ),
    dict(
        names="list_files ls list_folder list_directory folder_content dir browse_folder",
        about="List the files of a folder|Show what is in a directory|Directory listing|列出文件夹里的文件",
        args="folder/path/directory/dir: folder",
        en="""
            list the files in {folder}
            what is in the folder {folder}?
            ls {folder}
            show the content of the directory {folder}
            which files are in {folder}?
            list {folder}
            what files does {folder} have?
            browse {folder}
            show me everything in {folder}
            dir {folder}
            open the folder {folder}
            look into the {folder} folder
            are there any files in {folder}?
        """,
        zh="""
            列出{folder}里的文件
            {folder}文件夹有什么
            查看目录{folder}
            打开文件夹{folder}
        """,
        ask="list a folder|show a directory", ask_zh="列出文件夹", gives="files=[file]", tags="listfiles",
    ),
    dict(
        names="get_weather weather current_weather forecast check_weather weather_lookup weather_report weather_api",
        about="Get the weather for a city|Current weather and forecast of a place|Weather lookup by city|Returns temperature and conditions|查询城市天气",
        args="""
            city/location/place/town/where: city
            day/date/when?: day
            unit/units?: celsius~c~metric | fahrenheit~f~imperial
        """,
        en="""
            what's the weather in {city}[ {day}]?
            weather in {city}[ {day}]
            how is the weather in {city}[ {day}]?
            will it rain in {city}[ {day}]?
            is it cold in {city}[ {day}]?
            tell me the weather for {city}[ {day}]
            do I need an umbrella in {city}[ {day}]?
            {city} weather[ {day}]
            what is the temperature in {city}[ {day}]?
            how warm is it in {city}[ {day}]?
            check the weather in {city}[ {day}]
            what's it like outside in {city}[ {day}]?
            give me the forecast for {city}[ {day}]
            how hot does it get in {city}[ {day}]?
            is it sunny in {city}[ {day}]?
            forecast {city}[ {day}]
            does it snow in {city}[ {day}]?
            should I take a jacket in {city}[ {day}]?
            how many degrees in {city}[ {day}]?
            is it windy in {city}[ {day}]?
            [{day}: ]weather {city}
            I'm going to {city}[ {day}], what will the weather be?
            what should I wear in {city}[ {day}]?
            any rain in {city}[ {day}]?
            temperature in {city} in celsius <unit=celsius>
            weather in {city} in fahrenheit <unit=fahrenheit>
        """,
        zh="""
            {city}[{day}]天气怎么样
            {city}[{day}]天气
            [{day}]{city}会下雨吗
            {city}[{day}]冷不冷
            查一下{city}[{day}]的天气
            {city}[{day}]多少度
            [{day}]去{city}要带伞吗
            {city}[{day}]的天气预报
            {city}[{day}]热吗
            [{day}]{city}是晴天吗
        """,
        ask="what's the weather?|how is the weather?|weather|will it rain?|forecast please", ask_zh="天气怎么样|会下雨吗", gives="temperature=#degrees condition=condition", reply="It is {temperature} degrees and {condition} in {city}.", reply_zh="{city} {temperature} 度，{condition}。", tags="weather",
    ),
    dict(
        names="set_reminder create_reminder reminder add_reminder remind remind_me new_reminder",
        about="Set a reminder|Remind the user of something at a time|Create a reminder with text and time|设置提醒",
        args="""
            text/message/what/task/title: task
            time/when/at: when
        """,
        en="""
            remind me to {text} at {time}
            set a reminder to {text} at {time}
            reminder at {time}: {text}
            at {time} remind me to {text}
            I need to {text} at {time}, remind me
            can you remind me at {time} to {text}?
            create a reminder for {time}: {text}
            remind me at {time} to {text}
            don't let me forget to {text} at {time}
            ping me at {time} to {text}
            I have to {text} at {time}, please remind me
            new reminder: {text}, {time}
            reminder: {text} at {time}
            {time}: {text}, remind me
            make sure I {text} at {time}
            give me a reminder at {time} to {text}
            tell me at {time} to {text}
            put a reminder for {time} to {text}
        """,
        zh="""
            {time}提醒我{text}
            提醒我{time}{text}
            设个提醒，{time}{text}
            {time}叫我{text}
            帮我设一个{time}的提醒：{text}
            别忘了{time}提醒我{text}
            {time}要{text}，提醒我
        """,
        ask="set a reminder|remind me|remind me to {text}|remind me at {time}|I need a reminder for {time}", ask_zh="设个提醒|提醒我{text}|{time}提醒我", tags="remind",
    ),
    dict(
        names="set_reminder remind_me add_reminder reminder create_reminder",
        about="Set a reminder for a day|Remind the user of something on a date|Reminder with a date|按日期设置提醒",
        args="""
            what/text/task/title: task
            date/day/on/when: date
            time/at?: time
        """,
        en="""
            remind me to {what} {date}[ at {time}]
            remind me {date}[ at {time}] to {what}
            set a reminder for {date}[ at {time}]: {what}
            {date}[ at {time}] I have to {what}, remind me
            reminder {date}[ {time}]: {what}
            don't let me forget to {what} {date}
            I must {what} {date}[ at {time}], set a reminder
            reminder to {what}, {date}[ {time}]
        """,
        zh="""
            {date}[{time}]提醒我{what}
            提醒我{date}[{time}]{what}
            {date}[{time}]要{what}，记得提醒我
        """,
        ask="remind me to {what}|set a reminder for {date}", ask_zh="{date}提醒我", tags="remind",
    ),
    dict(
        names="set_timer start_timer timer countdown kitchen_timer egg_timer",
        about="Start a countdown timer|Set a timer|Timer for some minutes|设置倒计时",
        args="duration/length/time/for: duration",
        en="""
            set a timer for {duration}
            timer {duration}
            start a {duration} timer
            start a timer for {duration}
            count down {duration}
            I need a timer of {duration}
            set timer to {duration}
            wake me in {duration}
            can you time {duration} for me?
            give me {duration} on the clock
            run a countdown of {duration}
            {duration} timer
            {duration} countdown, go
            beep in {duration}
            let me know when {duration} are over
            tell me when {duration} have passed
            the eggs need {duration}
        """,
        zh="""
            设一个{duration}的计时器
            倒计时{duration}
            计时{duration}
            {duration}后叫我
            定时{duration}
            开始{duration}倒计时
        """,
        ask="set a timer|start a timer please|countdown", ask_zh="设个计时器|倒计时", tags="timer",
    ),
    dict(
        names="set_timer start_timer timer countdown",
        about="Start a timer|Countdown with value and unit|Set a timer in seconds, minutes or hours|计时器",
        args="""
            value/amount/duration/number: #small
            unit/units: seconds~s~sec(seconds,second,sec/秒,秒钟) | minutes~m~min(minutes,minute,min/分钟) | hours~h~hrs(hours,hour/小时,个小时)
            label/name?: food
        """,
        en="""
            set a timer for {value} {unit}[ for the {label}]
            timer {value} {unit}[ called {label}]
            start a {value} {unit} timer[ for the {label}]
            {value} {unit}[ for the {label}]
            {value} {unit} timer
            count down from {value} {unit}
            wake me up in {value} {unit}
            I need {value} {unit} on the clock[ for the {label}]
            give me {value} {unit}
            [{label}: ]{value} {unit} timer
            the {label} needs {value} {unit}
        """,
        zh="""
            计时{value}{unit}
            倒计时{value}{unit}
            {value}{unit}后提醒我
            设一个{value}{unit}的计时器
        """,
        ask="set a timer|start the countdown", ask_zh="开始计时", tags="timer",
    ),
    dict(
        names="set_alarm alarm create_alarm alarm_clock wake_up wake_me",
        about="Set an alarm clock|Wake up alarm at a time|Wakes the user|设置闹钟",
        args="""
            time/at/when/hour: time
            day/date?: day
        """,
        en="""
            set an alarm for {time}[ {day}]
            wake me up at {time}[ {day}]
            alarm at {time}[ {day}]
            set the alarm to {time}
            I need to get up at {time}[ {day}]
            can you wake me at {time}[ {day}]?
            put an alarm at {time}
            alarm clock {time}
            get me up at {time}[ {day}]
            I have to be awake by {time}[ {day}]
            alarm {time}[, {day}]
            [{day} ]wake me at {time}
            don't let me sleep past {time}
            new alarm, {time}
        """,
        zh="""
            [{day}]{time}叫我起床
            设一个[{day}]{time}的闹钟
            闹钟{time}
            [{day}]{time}叫醒我
            定[{day}]{time}的闹钟
        """,
        ask="set an alarm|wake me up|new alarm", ask_zh="设个闹钟|叫我起床", tags="alarm remind",
    ),
    dict(
        names="add_to_list shopping_list add_item list_add add_shopping buy_list grocery_list",
        about="Add an item to a list|Put something on the shopping list|Add to the list|Shopping list|把物品加入购物清单",
        args="""
            item/name/entry/thing/product: item
            quantity/count/amount?: #small
        """,
        en="""
            add[ {quantity}] {item} to my list
            put[ {quantity}] {item} on the shopping list
            add[ {quantity}] {item} to the list
            we need[ {quantity}] {item}
            shopping list:[ {quantity}] {item}
            add[ {quantity}] {item} to the shopping list
            buy list: add[ {quantity}] {item}
            I should buy[ {quantity}] {item}, add it
            we ran out of {item}
            [{quantity} ]{item} on the list please
            don't forget[ {quantity}] {item} when shopping
            {item} is missing on the list, add[ {quantity}]
            list:[ {quantity}] {item}
            get[ {quantity}] {item} next time, put it on the list
            I want to buy[ {quantity}] {item}
        """,
        zh="""
            把{item}加到购物清单
            购物清单加[{quantity}个]{item}
            清单里加上{item}
            要买[{quantity}个]{item}
            {item}用完了，加到清单
        """,
        ask="add something to the list|put it on the list", ask_zh="加到清单", tags="list",
    ),
    dict(
        names="list_manager lists manage_list todo_list my_list checklist",
        about="Add, remove or show items of a list|Manage lists|Keeps to-do and shopping lists|清单管理",
        args="""
            action/op/command: add~insert(add/添加) | remove~delete(remove/删除) | show~list~view(show/显示)
            list/list_name/name: list
            item/text/entry?: item
        """,
        en="""
            add {item} to the {list} list <action=add>
            put {item} on my {list} list <action=add>
            {list} list: add {item} <action=add>
            {item} goes on the {list} list <action=add>
            remove {item} from the {list} list <action=remove>
            take {item} off my {list} list <action=remove>
            cross {item} off the {list} list <action=remove>
            delete {item} from {list} <action=remove>
            show the {list} list <action=show>
            what is on my {list} list? <action=show>
            read the {list} list to me <action=show>
            what's left on {list}? <action=show>
            open the {list} list <action=show>
        """,
        zh="""
            把{item}加到{list}清单 <action=add>
            {list}清单里加{item} <action=add>
            从{list}清单删掉{item} <action=remove>
            {list}清单去掉{item} <action=remove>
            显示{list}清单 <action=show>
            {list}清单上有什么 <action=show>
        """,
        tags="list todo",
    ),
    dict(
        names="add_todo create_task add_task new_task todo task_add",
        about="Add a task to the to-do list|Create a task|New todo with an optional due date|新建任务",
        args="""
            title/task/text/name: task
            due/date/deadline/by?: date
            priority?: low | normal~medium | high~urgent
        """,
        en="""
            add a task: {title}[ by {due}]
            new task {title}[, due {due}]
            todo: {title}[ until {due}]
            put {title} on my todo list[ for {due}]
            create a task to {title}[ by {due}]
            I have to {title}[ by {due}], add it to my tasks
            task: {title}[, deadline {due}]
            add {title} to my todos[ due {due}]
            I need to {title}[ by {due}], put it on the list of tasks
            high priority task: {title} <priority=high>
            not important, but add the task {title} <priority=low>
        """,
        zh="""
            新建任务：{title}[，{due}前]
            添加待办{title}[，截止{due}]
            待办：{title}
            把{title}加入任务[，{due}到期]
            紧急任务：{title} <priority=high>
        """,
        ask="add a task|new todo", ask_zh="新建一个任务", tags="todo list",
    ),
    dict(
        names="complete_task finish_task done_task mark_done check_off close_task",
        about="Mark a task as done|Complete a todo|完成任务",
        args="task/title/name/todo: task",
        en="""
            I finished {task}
            mark {task} as done
            {task} is done
            complete the task {task}
            check off {task}
            I did {task}, tick it off
            done with {task}
            close the task {task}
            cross off {task}
            {task}: finished
        """,
        zh="""
            完成了{task}
            把{task}标记为完成
            {task}做完了
            勾掉{task}
        """,
        ask="mark a task as done", ask_zh="完成一个任务", tags="todo2",
    ),
    dict(
        names="send_message message send_text send_sms text_contact dm text_message sms chat_message",
        about="Send a message to someone|Send a text to a contact|Message a person|Texts a contact|给联系人发消息",
        args="""
            to/recipient/contact/person/who: person
            text/message/body/content: message
        """,
        en="""
            tell {to} {text}
            send {to} a message: {text}
            text {to} that {text}
            message {to}: {text}
            write to {to}: {text}
            send a message to {to} saying {text}
            let {to} know that {text}
            text {to}: {text}
            send "{text}" to {to}
            tell {to} that {text}
            drop {to} a line: {text}
            message {to} and say {text}
            sms to {to}: {text}
            inform {to} that {text}
            say to {to}: {text}
            reply to {to} with {text}
            ask {to} by text: {text}
            shoot {to} a text: {text}
        """,
        zh="""
            告诉{to}{text}
            给{to}发消息：{text}
            发短信给{to}说{text}
            跟{to}说{text}
            通知{to}，{text}
            给{to}发：{text}
            发给{to}：{text}
        """,
        ask="send a message|text {to}|message {to}|write to {to}", ask_zh="发条消息|给{to}发消息", tags="message",
    ),
    dict(
        names="send_email email mail compose_email write_mail send_mail",
        about="Send an email|Write an email to an address|Mail someone|发送电子邮件",
        args="""
            to/address/recipient/email: email
            subject/title?: event
            body/text/message/content: message
        """,
        en="""
            send an email to {to}[ with the subject {subject}]: {body}
            email {to}[, subject {subject}]: {body}
            email {to} that {body}
            write an email to {to} saying {body}
            mail {to}: {body}
            compose a mail to {to} with text {body}
            shoot {to} an email: {body}
            write {to} an email[ about {subject}], text: {body}
            mail to {to}[, subject: {subject}], body: {body}
            send {to} this: {body}
        """,
        zh="""
            给{to}发邮件[，主题{subject}]，内容{body}
            发邮件到{to}：{body}
            写信给{to}说{body}
            邮件{to}：{body}
        """,
        ask="send an email|write an email to {to}", ask_zh="发封邮件", tags="email message",
    ),
    dict(
        names="call_contact make_call phone_call call dial phone ring",
        about="Call a contact|Make a phone call|Dial someone|给联系人打电话",
        args="contact/name/who/person/to: callee",
        en="""
            call {contact}
            phone {contact}
            ring {contact}
            dial {contact}
            give {contact} a call
            I want to talk to {contact}
            make a call to {contact}
            get {contact} on the phone
            can you call {contact}?
            start a call with {contact}
            connect me with {contact}
            put me through to {contact}
        """,
        zh="""
            给{contact}打电话
            打电话给{contact}
            呼叫{contact}
            拨打{contact}
            我要和{contact}通话
        """,
        ask="make a call|call someone", ask_zh="打个电话", tags="call",
    ),
    dict(
        names="translate translate_text translator translation say_in",
        about="Translate text to a language|Translation|Translates a phrase|翻译文本",
        args="""
            text/phrase/input/sentence: phrase
            language/to/target/lang/target_language: language
        """,
        en="""
            translate {text} to {language}
            how do you say {text} in {language}?
            say {text} in {language}
            translate to {language}: {text}
            translate "{text}" into {language}
            what is {text} in {language}?
            put {text} into {language}
            {language} for {text}?
            I need {text} in {language}
            how would I say "{text}" in {language}
            turn {text} into {language}
            {text} in {language}
            what's the {language} for {text}?
            give me the {language} translation of {text}
            in {language}: {text}
        """,
        zh="""
            把{text}翻译成{language}
            {text}用{language}怎么说
            翻译成{language}：{text}
            {language}的{text}怎么说
            {text}翻译{language}
        """,
        ask="translate something|translate {text}|translate to {language}", ask_zh="翻译一下|翻译{text}", gives="translation=foreign | text=foreign | translated=foreign target=language", reply="In {language}: {translation} | In {language}: {text} | In {target}: {translated}", reply_zh="{language}：{translation} | {language}：{text} | {target}：{translated}", tags="translate",
    ),
    dict(
        names="add_event create_event calendar_add schedule_event calendar new_appointment add_appointment",
        about="Add an event to the calendar|Create a calendar entry|Schedule an appointment|添加日历事件",
        args="""
            title/name/event/summary/what: event
            date/day/when/on: date
            time/at/start?: time
        """,
        en="""
            add {title} to my calendar on {date}[ at {time}]
            schedule {title} for {date}[ at {time}]
            put {title} in the calendar for {date}[ at {time}]
            new event: {title}, {date}[ at {time}]
            create a calendar entry {title} on {date}[ at {time}]
            plan {title} on {date}[ at {time}]
            I have {title} on {date}[ at {time}], add it to my calendar
            book {title} into my calendar, {date}[ at {time}]
            calendar: {title} {date}[ at {time}]
            {title} on {date}[ at {time}], put it in my diary
            enter {title} for {date}[ {time}]
            block {date}[ at {time}] for {title}
            make an appointment: {title}, {date}[, {time}]
        """,
        zh="""
            在日历上添加{date}[{time}]的{title}
            {date}[{time}]安排{title}
            把{title}加到日历，{date}[{time}]
            新建日程：{title}，{date}[{time}]
            {date}[{time}]有{title}，记到日历
        """,
        ask="add an event|put {title} in my calendar|schedule something for {date}", ask_zh="添加日程|安排{title}", tags="calendar",
    ),
    dict(
        names="get_events list_events agenda show_calendar my_schedule calendar_day whats_on",
        about="List the events of a day|Show the calendar|What is planned on a date|查看日程",
        args="date/day/when/on: date",
        en="""
            what's on my calendar {date}?
            what do I have {date}?
            my schedule for {date}
            show my appointments {date}
            am I free {date}?
            agenda {date}
            what is planned for {date}?
            do I have anything {date}?
            which meetings do I have {date}?
            am I busy {date}?
            how does {date} look?
            list my events for {date}
        """,
        zh="""
            {date}有什么安排
            我{date}的日程
            {date}有会吗
            {date}我有空吗
            查看{date}的日历
        """,
        ask="show my calendar|what is on my schedule?", ask_zh="看看日程", gives="events=[event]", tags="calendar2",
    ),
    dict(
        names="cancel_event delete_event remove_appointment cancel_meeting cancel_appointment",
        about="Cancel an event|Remove an appointment from the calendar|取消日程",
        args="title/event/name/what: event",
        en="""
            cancel {title}
            cancel my {title}
            remove {title} from the calendar
            delete the appointment {title}
            {title} is off, take it out of my calendar
            call off {title}
            I can't make it to {title}, cancel it
            scrap the {title}
            drop {title} from my schedule
        """,
        zh="""
            取消{title}
            把{title}从日历上删掉
            {title}不去了，取消
            删除日程{title}
        """,
        ask="cancel an appointment", ask_zh="取消日程", tags="calendar3",
    ),
]
