"""Kinds of tools that exist for any thing: its state, its level, booking it, ordering it, giving it to someone.

Written like the domains, with `%n` for the thing; a noun is put in when a tool is made, so that the number of
different tools has no end. `%n` in Chinese lines becomes the noun's Chinese name.
"""

ARCHETYPES = [
    dict(
        names="%n_status check_%n get_%n is_%n_ok %n_state inspect_%n",
        about="Says whether a %n runs|Status of a %n|How a %n is doing|Tells if the %n is open, running or broken|查询%n状态",
        args="name/%n/which/id: title",
        en="""
            is the %n {name} running?
            is the {name} %n running today?
            does the %n {name} work?
            does the {name} %n work?
            is %n {name} open?
            is the {name} %n open?
            how is the %n {name}?
            what's up with the {name} %n?
            {name} %n, is it ok?
            is {name} out of order?
            can I use the {name} %n?
            status of {name}
            check on the %n {name}
            is something wrong with {name}?
            does {name} run today?
            any trouble with the %n {name}?
        """,
        zh="""
            {name}%n开着吗
            {name}%n正常吗
            看看{name}%n
            %n{name}怎么样
        """,
        ask="check the %n|is the %n running?", ask_zh="查一下%n", gives="status=status", reply="{name} is {status}.", reply_zh="{name}：{status}。",
    ),
    dict(
        names="set_%n %n_level adjust_%n %n_control open_%n dim_%n change_%n",
        about="Sets the %n to a percentage|Opens the %n by percent|Adjusts the level of the %n|调节%n",
        args="percent/level/value/amount/to/opening: #percent",
        en="""
            %n to {percent}
            set the %n to {percent}
            the %n should be at {percent} percent
            open the %n {percent} percent
            {percent}% for the %n
            %n {percent}
            dim the %n to {percent}
            make it {percent} percent on the %n
            I want the %n at {percent}%
            bring the %n to {percent}
            turn the %n down to {percent}
            put the %n on {percent}
            only {percent} percent on the %n please
            the %n up to {percent}
        """,
        zh="""
            %n调到{percent}
            把%n设为{percent}%
            %n{percent}
            %n开到百分之{percent}
        """,
        ask="change the %n|adjust the %n", ask_zh="调一下%n",
    ),
    dict(
        names="heat_%n warm_%n %n_temperature %n_heating start_%n",
        about="Heats the %n|Sets how warm the %n is|加热%n",
        args="""
            degrees/celsius/temperature/heat: #degrees
            start/at/time/when?: time
        """,
        en="""
            heat the %n to {degrees}[ at {start}]
            %n at {degrees} degrees[, ready at {start}]
            heat up the %n to {degrees}[ by {start}]
            the %n shall have {degrees} degrees[ at {start}]
            warm the %n, {degrees} degrees[, {start}]
            {degrees} degrees in the %n[ from {start}]
            I'd like the %n at {degrees}[ at {start}]
            get the %n to {degrees} °C[ until {start}]
        """,
        zh="""
            %n加热到{degrees}度
            [{start}]把%n升到{degrees}度
            %n{degrees}度
        """,
        ask="heat the %n", ask_zh="加热%n",
    ),
    dict(
        names="book_%n reserve_%n %n_booking rent_%n get_%n %n_slot",
        about="Reserves a %n|Books a %n for some people|预订%n",
        args="""
            time/hour/at/start/when: time
            people/players/persons/seats/guests: #small
            day/date?: date
        """,
        en="""
            a %n at {time} for {people}
            book a %n for {people} at {time}[ on {day}]
            we are {people} and need a %n at {time}
            there are {people} of us, %n at {time}
            reserve the %n at {time}[ {day}], {people} people
            %n for {people}, {time}[, {day}]
            I'd like a %n at {time}, {people} persons
            can {people} people have a %n at {time}?
            {people} of us want a %n at {time}[ on {day}]
            [{day}, ]{time}, %n, {people} people
            is a %n free at {time} for {people}? take it
            keep a %n for {people} at {time}
        """,
        zh="""
            [{day}]{time}订%n，{people}个人
            我们{people}个人，{time}要%n
            预订{people}人的%n，{time}
        """,
        ask="I'd like to reserve a %n|book a %n|a %n at {time} please", ask_zh="订一个%n",
    ),
    dict(
        names="book_%n %n_appointment %n_visit schedule_%n send_%n",
        about="Books a %n for someone on a day|Sends a %n to a person|为某人预约%n",
        args="""
            person/owner/who/for/name: person
            day/date/on/when: date
        """,
        en="""
            {person} needs a %n on {day}
            send the %n to {person} on {day}
            a %n for {person}, {day}
            book the %n for {person} on {day}
            {day}: %n for {person}
            can {person} have the %n on {day}?
            {person} gets the %n {day}
            let {person} have a %n on {day}
            {person} would like a %n {day}
            give {person} a %n date on {day}
        """,
        zh="""
            {day}给{person}安排%n
            {person}{day}要%n
            为{person}预约{day}的%n
        """,
        ask="{person} needs a %n|book a %n for {day}", ask_zh="给{person}安排%n",
    ),
    dict(
        names="%n_walker book_%n_service %n_sitter %n_pickup call_%n",
        about="Books somebody for a %n at an hour|Calls the %n service|预约%n服务",
        args="""
            name/which/whom/for: pet
            time/hour/at: time
        """,
        en="""
            somebody has to look after {name} at {time}
            book a %n service for {name}, {time}
            {name} needs the %n at {time}
            %n for {name} at {time}
            at {time} the %n should come for {name}
            get the %n for {name} at {time}
            {time}, %n, {name}
        """,
        zh="""
            {time}给{name}叫%n
            {name}{time}需要%n
        """,
        ask="book a %n service for {name}",
    ),
    dict(
        names="order_%n buy_%n %n_order get_%n %n_purchase",
        about="Orders some %n of a kind|Orders %n|订购%n",
        args="""
            count/quantity/number/pieces/amount: #small
            kind/type/sort/style: plain~normal(plain/普通) | dark~black(dark/深色) | light~white(light/浅色) | mixed~assorted(mixed/混合)
        """,
        en="""
            {count} {kind} %n
            order {count} %n, {kind}
            {kind} %n, {count} pieces
            I need {count} {kind} %n
            get {count} of the {kind} %n
            {count} times %n, the {kind} kind
            we want {count} %n, {kind} please
            order {kind} %n, {count}
            could we have {count} {kind} %n
        """,
        zh="""
            要{count}个{kind}%n
            订{count}份%n，{kind}的
            {kind}%n来{count}个
        """,
        ask="order some %n|order {count} %n", ask_zh="订一些%n",
    ),
    dict(
        names="count_%n %n_stock how_many_%n %n_count number_of_%n",
        about="How many of something the %n has|Counts things in the %n|统计%n里的数量",
        args="kind/species/what/item/type: item",
        en="""
            how many {kind} are in the %n?
            number of {kind}
            how many {kind} does the %n have?
            count the {kind} in the %n
            are there many {kind} in the %n?
            {kind} in the %n, how many?
            how much {kind} is left in the %n?
            do we still have {kind} in the %n?
        """,
        zh="""
            %n里有多少{kind}
            数一下%n的{kind}
            {kind}还有几个
        """,
        ask="count what is in the %n", gives="count=#int", reply="There are {count}.", reply_zh="有 {count} 个。",
    ),
    dict(
        names="report_%n %n_report lost_%n file_%n_report tell_about_%n",
        about="Files a report about a %n|Reports a %n to the office|上报%n",
        args="""
            what/object/thing/subject: product
            where/place/location/last_seen: place
        """,
        en="""
            there's a %n problem with {what} at {where}
            report {what}, seen at {where}
            {what} at {where}, please report it as %n
            I lost {what}, last seen at {where}
            file a %n report: {what}, {where}
            %n: {what} near {where}
            somebody should know about {what} at {where}
            {what} went missing at {where}
            I left {what} at {where}
        """,
        zh="""
            上报%n：{what}，在{where}
            {what}在{where}丢了
            我把{what}落在{where}了
        """,
        ask="file a %n report|I lost {what}", ask_zh="我要上报%n",
    ),
    dict(
        names="report_%n %n_alert tell_city_%n %n_complaint",
        about="Tells the city about a %n|Reports a %n in a street|报告%n",
        args="""
            street/address/place/where: address
            size/depth/meters/cm?: #small
        """,
        en="""
            there's a %n in {street}
            report a %n on {street}[, {size} cm]
            {street} has a %n[, about {size} cm]
            a %n in front of {street}[, {size} deep]
            I saw a %n at {street}
            the city should fix the %n on {street}
            %n at {street}[, size {size}]
            watch out, a %n in {street}
        """,
        zh="""
            {street}有个%n
            报告{street}的%n[，{size}厘米]
        """,
        ask="report a %n", ask_zh="报告%n",
    ),
    dict(
        names="%n_times when_%n %n_schedule next_%n %n_hours",
        about="When the %n is at a place|Times of the %n|Opening hours of a %n|查询%n时间",
        args="""
            place/where/location/at: place
            day/date/when?: day
        """,
        en="""
            when is the %n at {place}[ {day}]?
            %n times at {place}[ {day}]
            at what time is the %n at {place}[ {day}]?
            %n {place}[ {day}]
            when does the %n open at {place}?
            how late is the %n open at {place}[ {day}]?
            is there a %n at {place}[ {day}]?
            next %n at {place}
            when can I see the %n at {place}[ {day}]?
            what are the %n hours of {place}[ on {day}]?
        """,
        zh="""
            [{day}]{place}的%n几点
            {place}什么时候有%n
            查{place}的%n时间
        """,
        ask="when is the %n?", ask_zh="%n什么时候", gives="time=clocktime", reply="At {time}.", reply_zh="{time}。",
    ),
    dict(
        names="%n_result %n_time %n_score get_%n_rank %n_points",
        about="Result of a person in the %n|How someone did in the %n|查询某人的%n成绩",
        args="person/runner/name/player/who: person",
        en="""
            how fast was {person} in the %n?
            how did {person} do in the %n?
            %n time of {person}
            result of {person}
            which place did {person} reach in the %n?
            {person}'s %n result
            what did {person} get in the %n?
            was {person} good at the %n?
            points of {person} in the %n
        """,
        zh="""
            {person}的%n成绩
            {person}在%n里怎么样
            查{person}的%n结果
        """,
        ask="get the %n result", gives="result=#number", reply="{person}: {result}", reply_zh="{person}：{result}",
    ),
    dict(
        names="vote_%n %n_vote cast_%n decide_%n",
        about="Casts a vote on a %n|Votes about a %n|对%n投票",
        args="""
            motion/subject/what/item: topic
            vote/choice/answer: yes~for~aye(yes/赞成,同意) | no~against~nay(no/反对) | abstain~neutral(abstain/弃权)
        """,
        en="""
            vote {vote} on {motion}
            {motion}: {vote}
            I vote {vote} on the %n about {motion}
            my vote on {motion} is {vote}
            I'm for {motion} <vote=yes>
            I'm against {motion} <vote=no>
            {vote} to {motion}
            I don't want to vote on {motion} <vote=abstain>
            on {motion} I say {vote}
        """,
        zh="""
            {motion}投{vote}
            对{motion}我{vote}
            我反对{motion} <vote=no>
        """,
    ),
    dict(
        names="assign_%n %n_role put_into_%n %n_group join_%n",
        about="Puts a person into a group of the %n|Gives someone a role in the %n|把人分到%n的小组",
        args="""
            person/member/name/who: person
            part/role/group/side: red~A(red/红) | blue~B(blue/蓝) | green~C(green/绿) | reserve~bench(reserve/替补)
        """,
        en="""
            {person} is {part}
            put {person} into {part}
            {person} plays for {part}
            {person} goes to the {part} group
            {part} for {person}
            make {person} {part}
            in the %n, {person} is {part}
            I want {person} in {part}
        """,
        zh="""
            {person}去{part}组
            把{person}分到{part}
        """,
    ),
    dict(
        names="%n_gate move_%n operate_%n raise_%n %n_lift",
        about="Raises or lowers the %n|Moves the %n up or down|升降%n",
        args="""
            side/which/where/position: entry~in(entry,entrance/入口) | exit~out(exit/出口) | middle~center(middle/中间)
            up/raise/raised/open: up~true~raise(up/升起) | down~false~lower(down/降下)
        """,
        en="""
            raise the %n at the {side} <up=up>
            lower the %n at the {side} <up=down>
            lift the {side} %n <up=up>
            {side} %n {up}
            {up} with the %n at the {side}
            let the {side} %n down <up=down>
            move the {side} %n {up}
            the %n on the {side} should go {up}
            open the {side} %n <up=up>
            close the {side} %n <up=down>
        """,
        zh="""
            把{side}的%n{up}
            {side}%n{up}
        """,
    ),
    dict(
        names="%n_call send_%n call_%n %n_to_floor move_%n",
        about="Sends the %n to a floor|Moves the %n to a number|把%n送到某层",
        args="floor/level/number/to/stop: #small",
        en="""
            send the %n to floor {floor}
            %n to {floor}
            %n, {floor} please
            floor {floor}
            take me to {floor}
            call the %n to level {floor}
            bring the %n up to {floor}
            the %n should stop at {floor}
            I'm on {floor}, send the %n
        """,
        zh="""
            %n到{floor}楼
            {floor}层，叫%n
            把%n送到{floor}
        """,
        ask="send the %n", ask_zh="叫%n",
    ),
    dict(
        names="start_%n run_%n %n_machine use_%n",
        about="Starts machine number n of the %n with some coins|Pays and starts a %n|启动%n",
        args="""
            machine/number/slot/unit: #small
            coins/amount/count/tokens: #small
        """,
        en="""
            start %n {machine} with {coins} coins
            machine {machine}, {coins} coins
            put {coins} coins into %n {machine}
            number {machine}, {coins} coins
            %n {machine}: {coins}
            I'm at %n {machine}, {coins} coins please
            pay {coins} coins for number {machine}
            run machine {machine} with {coins}
        """,
        zh="""
            {machine}号%n投{coins}个币
            启动{machine}号%n，{coins}枚硬币
        """,
        ask="start %n {machine}",
    ),
    dict(
        names="point_%n aim_%n %n_target turn_%n %n_at",
        about="Points the %n at a target|Aims the %n|把%n对准目标",
        args="""
            target/at/object/to: title
            seconds/exposure/duration/for?: #int
        """,
        en="""
            point the %n at {target}[ for {seconds} seconds]
            %n to {target}[, {seconds} seconds]
            aim the %n at {target}
            turn the %n towards {target}[ for {seconds} s]
            look at {target} with the %n[, {seconds} seconds]
            let the %n face {target}
            I want to see {target} through the %n
        """,
        zh="""
            把%n对准{target}[{seconds}秒]
            %n转向{target}
        """,
        ask="point the %n", ask_zh="转一下%n",
    ),
    dict(
        names="put_in_%n store_%n %n_storage add_to_%n shelve_%n",
        about="Puts something into the %n at a place|Stores an item in the %n|把东西存到%n",
        args="""
            item/what/thing/object: product
            row/shelf/position/slot/where: id
        """,
        en="""
            put the {item} on {row}
            {item} goes to {row}
            store the {item} in the %n at {row}
            the {item} belongs on row {row}
            %n {row}: {item}
            place {item} in {row}
            I put {item} into {row} of the %n
            {row} is for the {item}
        """,
        zh="""
            把{item}放到{row}
            {item}存在%n的{row}
        """,
        ask="put the {item} into the %n",
    ),
    dict(
        names="name_%n dedicate_%n %n_dedication call_%n",
        about="Names a %n after someone|Dedicates a %n to a person|以某人命名%n",
        args="""
            name/%n/which: title
            person/dedication/after/to: person
        """,
        en="""
            name the %n {name} after {person}
            dedicate {name} to {person}
            {name} is for {person}
            call the %n {name} in honour of {person}
            the %n {name} shall be dedicated to {person}
            I want to name {name} after {person}
        """,
        zh="""
            把%n{name}献给{person}
            以{person}命名{name}
        """,
    ),
    dict(
        names="extend_%n prolong_%n renew_%n keep_%n %n_extension",
        about="Extends how long a %n may be kept|Renews a %n|延长%n",
        args="title/name/what/item/volume: book",
        en="""
            I'd like to keep {title} a little longer
            extend {title}
            extend the %n of {title}
            renew {title}
            can I have {title} for another week?
            I'm not done with {title}
            prolong {title} please
            {title} is due, renew it
            more time for {title}
        """,
        zh="""
            续借{title}
            {title}延长%n
            {title}再借一周
        """,
        ask="extend the %n|renew it", ask_zh="续借",
    ),
    dict(
        names="swap_%n trade_%n exchange_%n change_%n",
        about="Swaps a %n with someone on a day|Exchanges a %n with a person|与某人交换%n",
        args="""
            person/colleague/with/partner: person
            day/date/when: date
        """,
        en="""
            swap my {day} %n with {person}
            can {person} take my %n on {day}?
            exchange the %n on {day} with {person}
            {person} and I trade the %n of {day}
            I can't do the {day} %n, {person} will
            give my %n on {day} to {person}
            {person} takes over the %n on {day}
        """,
        zh="""
            {day}的%n和{person}换
            {person}替我上{day}的%n
        """,
        ask="swap my %n|swap the %n with {person}", ask_zh="换%n",
    ),
    dict(
        names="make_%n print_%n build_%n produce_%n %n_from_file",
        about="Makes a %n from a file|Produces a %n out of a material|用文件制作%n",
        args="""
            file/model/path/source: file
            material/out_of/stuff: wood(wood/木头) | metal~steel(metal,steel/金属) | paper(paper/纸) | plastic(plastic/塑料)
        """,
        en="""
            make {file} in {material}
            print {file} in {material}
            I need {file} out of {material}
            a {material} %n from {file}
            build {file}, {material}
            produce a %n from {file} using {material}
            {file} in {material} please
            {material} for {file}
        """,
        zh="""
            用{material}做{file}
            {file}用{material}打印
        """,
        ask="make a %n from {file}",
    ),
    dict(
        names="%n_info about_%n describe_%n %n_phase show_%n",
        about="Tells about the %n of a day|What the %n looks like|查询%n情况",
        args="day/date/when?: date",
        en="""
            how is the %n[ on {day}]?
            what is the %n like[ {day}]?
            what will the %n be[ on {day}]?
            tell me about the %n[ of {day}]
            is it a good %n[ {day}]?
            %n[ {day}]?
            show me the %n[ for {day}]
            which %n do we have[ {day}]?
        """,
        zh="""
            [{day}]%n怎么样
            [{day}的]%n
            看看[{day}]%n
        """,
        gives="value=status", reply="It is {value}.", reply_zh="{value}。",
    ),
    dict(
        names="start_%n stop_%n %n_switch toggle_%n %n_power",
        about="Switches the %n on or off|Starts or stops the %n|开关%n",
        args="on/state/power/running: on~true~start(on/打开,启动) | off~false~stop(off/关掉,停止)",
        en="""
            %n {on}
            turn the %n {on}
            turn {on} the %n
            switch the %n {on}
            start the %n <on=on>
            stop the %n <on=off>
            get the %n going <on=on>
            enough %n, stop it <on=off>
            I want the %n {on}
            the %n may rest now <on=off>
        """,
        zh="""
            {on}%n
            把%n{on}
        """,
        split="on: start_%n enable_%n; off: stop_%n disable_%n",
    ),
    dict(
        names="%n_manager manage_%n %n_book %n_tool",
        about="Add, remove, find or list %n|Keeps %n entries|管理%n",
        args="""
            action/op/do/command: add~create~new(add/添加) | remove~delete~drop(remove/删除) | find~search~get(find/查找) | list~all~show(list/列出)
            name/text/what/entry?: title
        """,
        en="""
            add the %n {name} <action=add>
            new %n: {name} <action=add>
            put {name} into my %n list <action=add>
            %n {name} is new, add it <action=add>
            remove the %n {name} <action=remove>
            delete {name} from the %n list <action=remove>
            drop the %n {name} <action=remove>
            find the %n {name} <action=find>
            is there a %n called {name}? <action=find>
            do I have {name} among my %n entries? <action=find>
            list every %n <action=list>
            show all %n entries <action=list>
            let me see each %n <action=list>
            what %n entries are there? <action=list>
        """,
        zh="""
            添加%n{name} <action=add>
            删除%n{name} <action=remove>
            查找%n{name} <action=find>
            列出所有%n <action=list>
            看看全部%n <action=list>
        """,
    ),
    dict(
        names="pay_%n %n_payment settle_%n charge_%n",
        about="Pays for a %n|Settles the %n of someone|支付%n",
        args="""
            amount/sum/value/total: #number
            person/to/payee/from: person
        """,
        en="""
            pay {person} {amount} for the %n
            {amount} to {person} for the %n
            the %n costs {amount}, pay {person}
            settle the %n with {person}, {amount}
            {person} gets {amount} for the %n
            transfer {amount} for the %n to {person}
        """,
        zh="""
            付给{person}{amount}元%n费
            %n的{amount}转给{person}
        """,
        ask="pay for the %n|pay {person} for the %n",
    ),
    dict(
        names="find_%n search_%n %n_finder locate_%n nearest_%n",
        about="Finds a %n near a city|Searches for a %n|查找%n",
        args="""
            city/near/where/place: city
            max_price/budget/under/limit?: #int
        """,
        en="""
            find a %n in {city}[ under {max_price}]
            where is a %n in {city}?
            I'm looking for a %n near {city}[, at most {max_price}]
            is there a %n around {city}[ for less than {max_price}]?
            %n in {city}[ up to {max_price}]
            which %n is close to {city}?
            any %n near {city}?
            show me a %n in {city}[ below {max_price}]
        """,
        zh="""
            在{city}找%n[，{max_price}以内]
            {city}附近有%n吗
        """,
        ask="find a %n", ask_zh="找%n", gives="name=title", reply="I found {name}.", reply_zh="找到了{name}。",
    ),
    dict(
        names="%n_price price_of_%n %n_cost quote_%n",
        about="What a %n costs|Price of a %n by size|查询%n价格",
        args="""
            kind/model/type/name: title
            size/format?: small~S(small/小) | medium~M(medium/中) | large~L(large,big/大)
        """,
        en="""
            what does the %n {kind} cost?
            how much is a[ {size}] {kind} %n?
            price of the[ {size}] %n {kind}
            {kind} %n, how much[ in {size}]?
            is the %n {kind} expensive?
            what do I pay for a[ {size}] {kind}?
            quote me a[ {size}] %n {kind}
        """,
        zh="""
            [{size}]{kind}%n多少钱
            %n{kind}的价格
        """,
        ask="what does the %n cost?", gives="price=#number", reply="It costs {price}.", reply_zh="价格是 {price}。",
    ),
    dict(
        names="rate_%n review_%n %n_rating score_%n",
        about="Rates a %n with stars|Gives a %n a score|给%n评分",
        args="""
            name/%n/which/title: title
            stars/score/points/rating: #small
            comment/text?: message
        """,
        en="""
            {stars} stars for the %n {name}[: {comment}]
            rate {name} {stars}[, {comment}]
            give the %n {name} {stars} points
            {name} deserves {stars}
            I'd give {name} a {stars}[ because {comment}]
            my rating of the %n {name} is {stars}
            {name}: {stars} stars[, "{comment}"]
        """,
        zh="""
            给%n{name}打{stars}分
            {name}{stars}星[，{comment}]
        """,
        ask="rate the %n {name}", ask_zh="给{name}打分",
    ),
]


def instance(spec, noun, chinese):
    """The fields of a domain, with the noun in place."""
    wire = noun.replace(" ", "_").replace("-", "_")

    def put(key, text):
        if key in ("names", "split"):
            return text.replace("%n", wire)
        if key == "args":
            return text.replace("/%n", "").replace("%n", wire)
        if key in ("zh", "ask_zh", "reply_zh"):
            return text.replace("%n", chinese)
        if key == "about":
            parts = text.split("|")
            return "|".join(p.replace("%n", chinese if any("\u4e00" <= c <= "\u9fff" for c in p) else noun) for p in parts)
        return text.replace("%n", noun)

    fields = {key: put(key, text) for key, text in spec.items()}
    return {**fields, "tags": wire}
