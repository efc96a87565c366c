"""Games, learning, friends, animals, industry: the rest of life."""

DOMAINS = [
    dict(
        names="roll_dice dice throw_dice roll",
        about="Roll dice|掷骰子",
        args="""
            count/number/dice: #small
            sides/faces?: #small
        """,
        en="""
            roll {count} dice[ with {sides} sides]
            throw {count} dice
            roll the dice {count} times
            {count} dice please
            give me {count} rolls[ of a {sides} sided die]
            I want to roll {count} dice
        """,
        zh="""
            掷{count}个骰子
            扔{count}次骰子
        """,
        ask="roll the dice", ask_zh="掷骰子", gives="total=#small", reply="You rolled {total}.", reply_zh="掷出了 {total}。", tags="random",
    ),
    dict(
        names="flip_coin coin_toss coin toss_coin heads_or_tails",
        about="Flip a coin|抛硬币",
        args="",
        en="""
            flip a coin
            heads or tails?
            toss a coin
            throw a coin for me
            coin flip
            let the coin decide
        """,
        zh="""
            抛硬币
            正面还是反面
            扔个硬币
        """,
        gives="side=word", tags="random",
    ),
    dict(
        names="random_number pick_number generate_number rand random_int",
        about="Random number between two bounds|随机数",
        args="""
            min/from/low/lower: #small
            max/to/high/upper: #int
        """,
        en="""
            random number between {min} and {max}
            pick a number from {min} to {max}
            give me a number between {min} and {max}
            any number from {min} up to {max}
            {min} to {max}, choose a random number
            draw a number between {min} and {max}
        """,
        zh="""
            {min}到{max}之间的随机数
            从{min}到{max}选一个数
        """,
        ask="give me a random number", ask_zh="来个随机数", gives="number=#int", reply="{number}", reply_zh="{number}", tags="random",
    ),
    dict(
        names="tell_joke joke get_joke random_joke",
        about="Get a joke about something|讲一个笑话",
        args="topic/about/category?: pet",
        en="""
            tell me a joke about {topic}
            joke about {topic}
            do you know a {topic} joke?
            something funny about {topic}
            make me laugh with {topic}
        """,
        zh="""
            讲个关于{topic}的笑话
            {topic}的笑话
        """,
        gives="joke=note", reply="{joke}", reply_zh="{joke}", tags="joke",
    ),
    dict(
        names="start_quiz quiz trivia quiz_question ask_me",
        about="Quiz question on a topic|知识问答",
        args="""
            topic/subject/category: topic
            difficulty/level?: easy(easy/简单) | medium(medium/中等) | hard(hard,difficult/难)
        """,
        en="""
            quiz me on {topic}
            start a[ {difficulty}] quiz about {topic}
            ask me a[ {difficulty}] question about {topic}
            trivia: {topic}[, {difficulty}]
            test my knowledge of {topic}
            I want to play a quiz on {topic}
        """,
        zh="""
            考考我{topic}
            来个关于{topic}的[{difficulty}]问答
        """,
        ask="start a quiz", tags="quiz",
    ),
    dict(
        names="add_flashcard flashcard new_card learn_word vocabulary_add",
        about="Add a flashcard|Learn a new word|添加单词卡",
        args="""
            front/word/question/term: word
            back/meaning/answer/translation: phrase
        """,
        en="""
            flashcard: {front} means {back}
            add a card {front} - {back}
            I want to learn that {front} is {back}
            new card, front {front}, back {back}
            put {front} = {back} on a flashcard
            learn {front}: {back}
        """,
        zh="""
            单词卡：{front}，意思是{back}
            添加卡片{front}，{back}
        """,
        tags="flashcard",
    ),
    dict(
        names="play_game start_game game launch_game new_game",
        about="Start a game|开始游戏",
        args="""
            game/name/which: gamename
            players/people?: #small
        """,
        en="""
            let's play {game}[ with {players} players]
            start {game}[ for {players}]
            I want to play {game}
            new game of {game}[, {players} players]
            a round of {game}
            play {game} with me
        """,
        zh="""
            玩{game}
            开始{game}游戏[，{players}个人]
            来一局{game}
        """,
        ask="start a game|let's play something", ask_zh="玩个游戏", tags="game",
    ),
    dict(
        names="post_social publish_post tweet post_update social_post share_post",
        about="Publish a post on a social network|发布动态",
        args="""
            text/content/message/post: message
            platform/network/on?: mastodon | twitter~x | facebook | instagram
        """,
        en="""
            post "{text}"[ on {platform}]
            publish this[ on {platform}]: {text}
            tweet {text} <platform=twitter>
            share[ on {platform}]: {text}
            put {text} on {platform}
            new post[ on {platform}]: {text}
            let my followers know: {text}
        """,
        zh="""
            发布动态：{text}
            发帖{text}
            分享：{text}
        """,
        ask="publish a post", tags="social message",
    ),
    dict(
        names="follow_user follow unfollow subscribe_user follow_account social_follow",
        about="Follow or unfollow an account|关注或取消关注",
        args="""
            user/account/name/who: person
            action/state: follow~true~add(follow/关注) | unfollow~false~remove(unfollow/取消关注)
        """,
        en="""
            {action} {user}
            please {action} {user}
            I want to see posts of {user} <action=follow>
            no more posts from {user} <action=unfollow>
            stop following {user} <action=unfollow>
            start following {user} <action=follow>
            {action} the account of {user}
        """,
        zh="""
            {action}{user}
            我想{action}{user}
            不想看{user}了 <action=unfollow>
        """,
        tags="follow", split="follow: follow_user; unfollow: unfollow_user",
    ),
    dict(
        names="block_contact block_user mute_contact block_number block",
        about="Block or unblock a contact|拉黑联系人",
        args="""
            contact/user/number/who: person
            blocked/action: block~true(block/拉黑) | unblock~false(unblock/取消拉黑)
        """,
        en="""
            {blocked} {contact}
            I don't want to hear from {contact} again <blocked=block>
            {blocked} the contact {contact}
            ban {contact} <blocked=block>
            let {contact} write to me again <blocked=unblock>
            put {contact} on the block list <blocked=block>
        """,
        zh="""
            {blocked}{contact}
            把{contact}拉黑 <blocked=block>
            解除对{contact}的屏蔽 <blocked=unblock>
        """,
        tags="block", split="block: block_contact; unblock: unblock_contact",
    ),
    dict(
        names="send_gift buy_gift order_flowers send_flowers gift",
        about="Send flowers or a gift to a person|送礼物",
        args="""
            recipient/to/person: person
            gift/what/item: giftitem
            message/card/text?: message
        """,
        en="""
            send {gift} to {recipient}[ with the card "{message}"]
            order {gift} for {recipient}[, card: {message}]
            surprise {recipient} with {gift}
            {recipient} gets {gift}[, note {message}]
            I want to give {recipient} {gift}
        """,
        zh="""
            给{recipient}送{gift}[，卡片写{message}]
            送{gift}给{recipient}
        """,
        ask="send a gift|send flowers to {recipient}", tags="gift",
    ),
    dict(
        names="buy_ticket book_ticket event_tickets concert_tickets get_tickets",
        about="Buy tickets for an event|购买门票",
        args="""
            event/show/what/name: event
            count/quantity/number/tickets: #small
            date/day?: date
        """,
        en="""
            buy {count} tickets for {event}[ on {date}]
            get {count} tickets to {event}[ {date}]
            I need {count} seats for {event}
            {count} tickets {event}[, {date}]
            book {count} places at {event}[ on {date}]
            we want to go to {event}, {count} people
        """,
        zh="""
            买{count}张{event}的票[，{date}]
            [{date}]{event}订{count}张票
        """,
        ask="buy tickets|buy tickets for {event}", ask_zh="买票", tags="ticket",
    ),
    dict(
        names="cinema_times showtimes movie_times what_is_on cinema",
        about="When a film runs in a city|查询电影场次",
        args="""
            movie/film/title: movie
            city/where/place: city
        """,
        en="""
            when does {movie} run in {city}?
            showtimes for {movie} in {city}
            where can I see {movie} in {city}?
            cinema {city}, {movie}
            is {movie} playing in {city}?
            at what time is {movie} on in {city}?
        """,
        zh="""
            {movie}在{city}几点放
            {city}{movie}的场次
        """,
        ask="when does {movie} run?", tags="cinema movie",
    ),
    dict(
        names="find_course search_courses course_search learn_course classes",
        about="Find a course on a subject|查找课程",
        args="""
            subject/topic/about: topic
            level/difficulty?: beginner(beginner/入门) | intermediate(intermediate/中级) | advanced(advanced/高级)
        """,
        en="""
            find a[ {level}] course on {subject}
            I want to learn {subject}[, {level}]
            courses about {subject}[ for {level}]
            where can I study {subject}?
            is there a[ {level}] class in {subject}?
        """,
        zh="""
            找{subject}的[{level}]课程
            我想学{subject}
        """,
        tags="course web",
    ),
    dict(
        names="grade_student enter_grade set_grade record_grade add_grade",
        about="Enter a grade of a student|录入成绩",
        args="""
            student/name/who: person
            grade/mark/score: #small
            subject/course?: sport
        """,
        en="""
            give {student} a {grade}[ in {subject}]
            {student} got {grade} points[ in {subject}]
            grade for {student}: {grade}[, {subject}]
            enter {grade} for {student}[ in {subject}]
            mark {student} with {grade}
        """,
        zh="""
            {student}[{subject}]得了{grade}分
            录入{student}的成绩{grade}
        """,
        tags="grade",
    ),
    dict(
        names="open_valve valve_control set_valve valve water_valve",
        about="Open or close a valve|控制阀门",
        args="""
            valve/id/name/number: id
            state/action/position: open~OPEN~true(open/打开) | closed~CLOSE~false(close,shut/关闭)
        """,
        en="""
            {state} valve {valve}
            {state} the valve {valve}
            valve {valve}: {state}
            let the water through {valve} <state=open>
            shut off valve {valve} <state=closed>
            no more flow through {valve} <state=closed>
        """,
        zh="""
            {state}阀门{valve}
            阀门{valve}{state}
        """,
        tags="valve", split="open: open_valve; closed: close_valve shut_valve",
    ),
    dict(
        names="set_speed motor_speed conveyor_speed fan_speed pump_speed set_rpm",
        about="Set the speed of a machine|设置机器转速",
        args="""
            machine/device/motor/name: machine
            speed/rpm/value: #int
        """,
        en="""
            set {machine} to {speed} rpm
            run {machine} at {speed}
            speed of {machine} to {speed}
            {machine} at speed {speed}
            slow {machine} down to {speed}
            speed {machine} up to {speed}
            let {machine} turn with {speed} rpm
        """,
        zh="""
            把{machine}的转速设为{speed}
            {machine}速度{speed}
        """,
        ask="set the speed of {machine}", tags="speed level",
    ),
    dict(
        names="machine_status plant_status line_status equipment_status check_machine",
        about="Status of a machine in the plant|查询设备运行状态",
        args="machine/name/line/id: machine",
        en="""
            how is {machine}?
            status of {machine}
            is {machine} running?
            any fault on {machine}?
            what's wrong with {machine}?
            does {machine} need service?
            check {machine}
            why did {machine} stop?
        """,
        zh="""
            {machine}运行正常吗
            {machine}的状态
            {machine}有故障吗
        """,
        gives="status=status temperature=#degrees", tags="devstate machine",
    ),
    dict(
        names="report_fault maintenance_request report_problem create_maintenance repair_order",
        about="Report a fault of a machine|报修",
        args="""
            machine/device/what: machine
            problem/fault/description: complaint
        """,
        en="""
            report a fault on {machine}: {problem}
            {machine} has a problem, {problem}
            maintenance for {machine}: {problem}
            we need a repair of {machine}, {problem}
            tell the technicians about {machine}: {problem}
        """,
        zh="""
            {machine}报修，{problem}
            {machine}坏了：{problem}
        """,
        ask="report a fault|{machine} has a problem", tags="fault",
    ),
    dict(
        names="soil_moisture field_sensor soil_sensor moisture garden_sensor",
        about="Soil moisture of a bed or field|查询土壤湿度",
        args="area/field/bed/plant: plant",
        en="""
            how dry is the soil of the {area}?
            soil moisture {area}
            do the {area} need water?
            is the ground at the {area} wet?
            moisture of the {area}
            check the soil around the {area}
        """,
        zh="""
            {area}的土壤湿度
            {area}缺水吗
        """,
        gives="moisture=#percent", reply="The soil moisture is {moisture}%.", reply_zh="土壤湿度 {moisture}%。", tags="soil",
    ),
    dict(
        names="drone_control fly_drone drone move_drone",
        about="Control a drone|控制无人机",
        args="""
            command/action: takeoff~take_off(take off/起飞) | land(land/降落) | hover~hold(hover/悬停) | return~home(return/返航)
            height/altitude/meters?: #small
        """,
        en="""
            drone, take off[ to {height} meters] <command=takeoff>
            let the drone fly[ at {height} meters] <command=takeoff>
            start the drone <command=takeoff>
            land the drone <command=land>
            bring the drone down <command=land>
            hold the drone in the air[ at {height} meters] <command=hover>
            drone, stay where you are <command=hover>
            send the drone home <command=return>
            call the drone back <command=return>
        """,
        zh="""
            无人机起飞[，{height}米] <command=takeoff>
            让无人机降落 <command=land>
            无人机悬停 <command=hover>
            无人机返航 <command=return>
        """,
        tags="drone",
    ),
    dict(
        names="move_robot robot_move drive_robot robot_control go",
        about="Move the robot in a direction|移动机器人",
        args="""
            direction/way/command: forward~ahead(forward/前进,向前) | back~backward(back/后退,向后) | left(left/左转,向左) | right(right/右转,向右) | stop~halt(stop/停)
            distance/steps/cm?: #small
        """,
        en="""
            go {direction}[ {distance} steps]
            move {direction}[ {distance}]
            robot {direction}[ {distance} cm]
            drive {direction}[ for {distance} cm]
            turn left <direction=left>
            turn right <direction=right>
            straight ahead[ {distance} steps] <direction=forward>
            reverse[ {distance}] <direction=back>
            stop moving <direction=stop>
            stand still <direction=stop>
        """,
        zh="""
            {direction}[{distance}步]
            机器人{direction}[{distance}厘米]
            别动 <direction=stop>
        """,
        tags="robot", split="left: turn_left; right: turn_right; forward: go_forward move_forward; back: go_back; stop: stop_robot",
    ),
    dict(
        names="register_visitor visitor announce_visitor guest_registration sign_in_guest",
        about="Register a visitor|登记访客",
        args="""
            name/visitor/guest: person
            host/for/meets: person
            date/day?: date
        """,
        en="""
            register the visitor {name} for {host}[ on {date}]
            {name} comes to see {host}[ {date}]
            a guest for {host}: {name}[, {date}]
            sign in {name}, visiting {host}
            announce {name} to {host}
        """,
        zh="""
            登记访客{name}，找{host}
            {name}来见{host}[，{date}]
        """,
        tags="visitor",
    ),
    dict(
        names="adopt_pet shelter_animals pet_search find_pet vet_appointment vet",
        about="Book the vet for a pet|预约兽医",
        args="""
            pet/animal/name: pet
            date/day/when: date
            reason/why?: symptom
        """,
        en="""
            vet appointment for {pet} on {date}[, {reason}]
            take {pet} to the vet {date}[ because of {reason}]
            book the vet for {pet}, {date}
            {pet} must see a vet {date}[, {reason}]
            {pet} is ill, vet on {date}
        """,
        zh="""
            {date}带{pet}看兽医[，{reason}]
            给{pet}预约{date}的兽医
        """,
        ask="book the vet|{pet} needs a vet", tags="vet",
    ),
    dict(
        names="set_mode house_mode vacation_mode do_not_disturb mode set_status away_mode",
        about="Set the mode of the assistant|设置模式",
        args="mode/status/name: normal~default(normal/正常) | silent~quiet(silent,quiet/静音) | away~vacation(away,vacation/外出) | night~sleep(night,sleep/夜间) | busy~dnd(do not disturb,busy/勿扰)",
        en="""
            {mode} mode
            switch to {mode} mode
            set {mode} mode
            I'm going on holiday <mode=away>
            we are leaving for two weeks <mode=away>
            don't disturb me <mode=busy>
            no interruptions please <mode=busy>
            I'm going to bed <mode=night>
            good night, sleep mode <mode=night>
            back to normal <mode=normal>
            I'm back, normal mode <mode=normal>
        """,
        zh="""
            {mode}模式
            切换到{mode}模式
            我要睡了，夜间模式 <mode=night>
            别打扰我 <mode=busy>
            我出门旅游了 <mode=away>
            恢复正常模式 <mode=normal>
        """,
        tags="scene mode",
    ),
    dict(
        names="increase_decrease change_counter counter count_up step_counter",
        about="Change a counter up or down|计数器加减",
        args="""
            counter/name/what: word
            direction/action/op: increase~up~add(increase,raise/增加) | decrease~down~subtract(decrease,lower/减少) | reset~zero(reset/清零)
            by/amount/step?: #small
        """,
        en="""
            {direction} the counter {counter}[ by {by}]
            {direction} {counter}[ by {by}]
            {counter} plus {by} <direction=increase>
            {counter} minus {by} <direction=decrease>
            count {counter} up <direction=increase>
            count {counter} down[ by {by}] <direction=decrease>
            set {counter} back to zero <direction=reset>
            one more for {counter} <direction=increase>
            one less for {counter} <direction=decrease>
        """,
        zh="""
            {direction}计数器{counter}[{by}]
            {counter}加{by} <direction=increase>
            {counter}减{by} <direction=decrease>
            {counter}清零 <direction=reset>
        """,
        tags="counter",
    ),
    dict(
        names="lend_item borrow_lend lent_out loans_list who_has",
        about="Remember who borrowed something|记录借出物品",
        args="""
            item/thing/what: product
            person/to/who/borrower: person
        """,
        en="""
            I lent {item} to {person}
            {person} has my {item}
            {person} borrowed the {item}
            write down that {person} took the {item}
            remember: {item} is with {person}
        """,
        zh="""
            我把{item}借给了{person}
            {person}借走了{item}
        """,
        tags="lend notes",
    ),
    dict(
        names="summarize summarise sum_up summarize_text shorten condense",
        about="Summarize a text in a few sentences|Shortens a text|Make a summary of the given text|总结一段文字",
        args="request/text/input/content: passage",
        en="""
            summarize: {request}
            summarize this text: {request}
            sum up: {request}
            make this shorter: {request}
            give me the short version of this: {request}
            please condense the following: {request}
            tl;dr: {request}
        """,
        zh="""
            总结：{request}
            请概括这段话：{request}
            缩短一下：{request}
        """,
        ask="summarize a text", gives="summary=note", reply="{summary}", reply_zh="{summary}", tags="summarize",
    ),
]
