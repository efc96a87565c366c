"""At work: servers, code, tickets, customers, rooms, leave."""

DOMAINS = [
    dict(
        names="server_load host_stats cpu_usage system_load server_status machine_load",
        about="Show the load of a server|CPU and memory of a host|查看服务器负载",
        args="host/server/machine/name: host",
        en="""
            what is the load on {host}?
            show server load of {host}
            how busy is the server {host}?
            load of host {host}
            is {host} overloaded?
            cpu usage of {host}
            how much memory does {host} use?
            how is {host} doing?
            status of the machine {host}
            check the server {host}
            is {host} slow?
            {host} stats
        """,
        zh="""
            {host}负载多少
            查看服务器{host}
            {host}的CPU使用率
            {host}忙不忙
        """,
        ask="check the server load", ask_zh="查看服务器负载", gives="cpu=#percent memory=#percent", reply="{host}: cpu {cpu}%, memory {memory}%.", reply_zh="{host}：CPU {cpu}%，内存 {memory}%。", tags="server",
    ),
    dict(
        names="restart_service service_restart reboot_service restart bounce_service",
        about="Restart a service|Restarts a server process|重启服务",
        args="""
            service/name/process/unit: service
            host/server/on?: host
        """,
        en="""
            restart {service}[ on {host}]
            please restart the service {service}[ on {host}]
            reboot {service}[ on {host}]
            bounce {service}[ on {host}]
            {service} hangs[ on {host}], restart it
            give {service} a restart[ on {host}]
            stop and start {service}[ on {host}]
            kick {service}[ on {host}]
            [on {host} ]restart {service}
        """,
        zh="""
            重启{service}[，在{host}上]
            [在{host}上]重启服务{service}
            {service}卡住了，重启
        """,
        ask="restart the service", ask_zh="重启服务", tags="service",
    ),
    dict(
        names="service_control systemctl manage_service control_service service",
        about="Start, stop or check a service|Control a system service|管理系统服务",
        args="""
            action/command/verb: start~START(start/启动) | stop~STOP(stop/停止) | restart~RESTART(restart/重启) | status~STATUS(check/查看)
            service/name/unit: service
        """,
        en="""
            {action} {service}
            {action} the service {service}
            bring up {service} <action=start>
            shut down {service} <action=stop>
            kill {service} <action=stop>
            is {service} running? <action=status>
            status of {service} <action=status>
            how is {service}? <action=status>
            {service} should be restarted <action=restart>
            take {service} down <action=stop>
            launch {service} <action=start>
            is {service} up? <action=status>
        """,
        zh="""
            {action}{service}
            {service}{action}一下
            {service}在运行吗 <action=status>
            把{service}停掉 <action=stop>
            {service}的状态 <action=status>
        """,
        tags="service server", split="start: start_service; stop: stop_service; status: service_status check_service",
    ),
    dict(
        names="get_logs show_logs logs read_logs tail_logs service_logs",
        about="Show the last log lines of a service|Read logs|查看日志",
        args="""
            service/name/app: service
            lines/count/tail?: #int
            level?: info | warn~warning | error
        """,
        en="""
            show the logs of {service}
            last {lines} log lines of {service}
            logs for {service}
            what does {service} log?
            tail {lines} lines of {service}
            errors of {service} <level=error>
            error logs of {service}[, {lines} lines] <level=error>
            warnings from {service} <level=warn>
            what went wrong with {service}? <level=error>
            give me the log of {service}
            {service} logs[, {lines} lines]
        """,
        zh="""
            查看{service}的日志
            {service}最后{lines}行日志
            {service}有什么错误 <level=error>
            {service}日志
        """,
        ask="show the logs", ask_zh="看日志", tags="logs",
    ),
    dict(
        names="deploy deploy_app release deploy_version rollout ship_release",
        about="Deploy a branch to an environment|Release an application|部署应用",
        args="""
            project/app/repo/service: repo
            environment/env/to/target: staging(staging/预发布) | production~prod(production,prod,live/生产) | test~testing(test/测试)
            branch/version/ref?: branch
        """,
        en="""
            deploy {project} to {environment}[ from {branch}]
            ship {project} to {environment}[, branch {branch}]
            release {project} on {environment}
            put {project} on {environment}[ with {branch}]
            roll out {project} to {environment}
            {project} to {environment}[, {branch}] please
            bring[ {branch} of] {project} to {environment}
            push {project} live <environment=production>
            try {project} on staging <environment=staging>
            {environment} deploy of {project}
        """,
        zh="""
            部署{project}到{environment}[，分支{branch}]
            把{project}发布到{environment}环境
            {project}上线 <environment=production>
            {environment}部署{project}
        """,
        ask="deploy {project}|deploy to production <environment=production>", ask_zh="部署{project}", tags="deploy",
    ),
    dict(
        names="create_issue open_ticket new_issue file_issue bug_report create_ticket",
        about="Create an issue in a repository|Open a ticket|创建工单",
        args="""
            repo/project/repository: repo
            title/summary/subject: message
            priority/severity?: low | medium~normal | high~urgent
        """,
        en="""
            create an issue in {repo}: {title}
            open a ticket in project {repo} titled {title}
            file an issue on {repo} saying {title}
            new issue for {repo}: {title}
            report a bug in {repo}: {title}
            {repo} has a bug: {title}, open an issue
            ticket for {repo}: {title}
            urgent issue in {repo}: {title} <priority=high>
            low priority issue in {repo}: {title} <priority=low>
            add the issue {title} to {repo}
            raise a ticket on {repo}, {title}
        """,
        zh="""
            在{repo}里创建问题：{title}
            给{repo}提个工单：{title}
            {repo}有个bug：{title}
            紧急工单{repo}：{title} <priority=high>
        """,
        ask="create an issue|open a ticket in {repo}", ask_zh="提个工单", tags="issue",
    ),
    dict(
        names="close_issue resolve_ticket close_ticket finish_issue",
        about="Close an issue by number|Resolve a ticket|关闭工单",
        args="""
            number/id/issue/ticket: #int
            repo/project?: repo
        """,
        en="""
            close issue {number}[ in {repo}]
            ticket {number} is solved[ in {repo}]
            resolve ticket {number}[ of {repo}]
            issue {number}[ in {repo}] is fixed, close it
            mark {number}[ in {repo}] as resolved
            we are done with ticket {number}
            shut issue #{number}[ in {repo}]
        """,
        zh="""
            关闭工单{number}[，{repo}]
            {number}号问题解决了
            把{number}号工单关掉
        """,
        ask="close the issue", ask_zh="关闭工单", tags="issue2",
    ),
    dict(
        names="list_issues open_issues show_issues issues tickets my_tickets",
        about="List the issues of a repository|Show open tickets|列出工单",
        args="""
            repo/project/repository: repo
            state/status?: open(open/未解决) | closed(closed/已关闭) | all(all/全部)
        """,
        en="""
            which issues are open in {repo}? <state=open>
            list the issues of {repo}
            show {state} tickets in {repo}
            {state} issues of {repo}
            what bugs does {repo} have?
            issues in {repo}
            what's left to do in {repo}?
            all tickets of {repo} <state=all>
        """,
        zh="""
            {repo}有哪些问题
            列出{repo}的工单
            {repo}{state}的工单
        """,
        ask="list the issues", ask_zh="列出工单", gives="issues=[message]", tags="issue3",
    ),
    dict(
        names="create_branch new_branch git_branch make_branch",
        about="Create a branch in a repository|新建分支",
        args="""
            name/branch/branch_name: branch
            repo/repository/project: repo
        """,
        en="""
            create the branch {name} in {repo}
            new branch {name} on {repo}
            branch {repo} as {name}
            make a branch called {name} in {repo}
            I need a {name} branch in {repo}
            start {name} in the repo {repo}
        """,
        zh="""
            在{repo}新建分支{name}
            给{repo}建一个叫{name}的分支
        """,
        ask="create a branch|new branch in {repo}", ask_zh="新建分支", tags="branch",
    ),
    dict(
        names="ci_status build_status pipeline_status last_build is_build_green",
        about="Status of the last build|Did the pipeline pass|查询构建状态",
        args="""
            repo/project/name: repo
            branch/ref?: branch
        """,
        en="""
            did the build of {repo} pass[ on {branch}]?
            is {repo} green[ on {branch}]?
            build status of {repo}[, branch {branch}]
            how did the tests of {repo} go[ on {branch}]?
            pipeline of {repo}[ {branch}]
            is the build of {repo} broken?
            last build of {repo}[ on {branch}]
            ci for {repo}[ {branch}]
        """,
        zh="""
            {repo}构建通过了吗[，{branch}]
            {repo}的构建状态
            {repo}[的{branch}]测试过了没有
        """,
        gives="status=status", tags="ci",
    ),
    dict(
        names="run_tests test_project start_tests execute_tests",
        about="Run the tests of a project|运行测试",
        args="""
            project/repo/path: repo
            filter/only/pattern?: word
        """,
        en="""
            run the tests of {project}[, only {filter}]
            test {project}[ with filter {filter}]
            start the test suite for {project}
            execute the tests in {project}[ matching {filter}]
            do the tests of {project} still work?
            run all tests for {project}
        """,
        zh="""
            运行{project}的测试
            测试一下{project}
            跑{project}的单元测试[，只跑{filter}]
        """,
        ask="run the tests", ask_zh="跑测试", tags="ci",
    ),
    dict(
        names="ping_host ping is_reachable check_host host_up",
        about="Ping a host|Is a host reachable|检查主机是否在线",
        args="""
            host/target/address/name: host
            count/times?: #small
        """,
        en="""
            ping {host}[ {count} times]
            is {host} reachable?
            can you reach {host}?
            does {host} answer?
            is {host} up?
            send {count} pings to {host}
            check whether {host} is online
            ping the machine {host}
        """,
        zh="""
            ping一下{host}
            {host}在线吗
            {host}能连上吗
            ping {host} {count}次
        """,
        gives="ms=#number", reply="{host} answered in {ms} ms.", reply_zh="{host} 响应 {ms} 毫秒。", tags="server network",
    ),
    dict(
        names="dns_lookup resolve_domain nslookup dns whois domain_info",
        about="Look up the address of a domain|DNS lookup|查询域名解析",
        args="""
            domain/name/host: domain
            type/record?: A | AAAA | MX | TXT
        """,
        en="""
            what is the ip of {domain}?
            resolve {domain}
            dns lookup for {domain}
            {type} record of {domain}
            look up the {type} records for {domain}
            nslookup {domain}
            which address does {domain} have?
            where does {domain} point to?
            mail server of {domain} <type=MX>
        """,
        zh="""
            {domain}的IP是多少
            解析{domain}
            查{domain}的{type}记录
        """,
        gives="address=ip", reply="{domain} is at {address}.", reply_zh="{domain} 的地址是 {address}。", tags="network",
    ),
    dict(
        names="scan_port check_port port_open test_port",
        about="Check whether a port of a host is open|检查端口",
        args="""
            host/server/target: host
            port/number: #int
        """,
        en="""
            is port {port} open on {host}?
            check port {port} of {host}
            test port {port} on {host}
            can I connect to {host} on port {port}?
            does {host} listen on {port}?
            {host} port {port}, open or closed?
        """,
        zh="""
            {host}的{port}端口开了吗
            检查{host}端口{port}
        """,
        tags="network",
    ),
    dict(
        names="speed_test internet_speed bandwidth_test network_speed",
        about="Measure the internet speed|网络测速",
        args="",
        en="""
            how fast is my internet?
            run a speed test
            test the connection speed
            internet speed please
            is the network slow?
            measure the bandwidth
            what's my download speed?
        """,
        zh="""
            测网速
            我的网速多少
            网络快不快
        """,
        gives="download=#number upload=#number", tags="network2",
    ),
    dict(
        names="publish_mqtt mqtt_publish send_mqtt publish_topic",
        about="Publish a message to an MQTT topic|发布MQTT消息",
        args="""
            topic/path/channel: topic_path
            payload/message/value/body: word
        """,
        en="""
            publish {payload} to {topic}
            send {payload} on the topic {topic}
            mqtt {topic} {payload}
            post {payload} to {topic}
            topic {topic}: {payload}
            put {payload} on {topic}
        """,
        zh="""
            向{topic}发布{payload}
            给主题{topic}发{payload}
        """,
        tags="mqtt",
    ),
    dict(
        names="http_post post_json call_api send_request api_call webhook",
        about="Send a POST request to a URL|Call an API|发送POST请求",
        args="""
            url/endpoint/address: url
            body/data/payload: message
        """,
        en="""
            post {body} to {url}
            send {body} to the endpoint {url}
            call {url} with {body}
            make a POST to {url} with body {body}
            submit "{body}" to {url}
        """,
        zh="""
            向{url}发送{body}
            POST {body}到{url}
        """,
        tags="fetch",
    ),
    dict(
        names="backup create_backup backup_database run_backup make_backup save_backup",
        about="Back up a database or folder|Create a backup|创建备份",
        args="""
            source/what/target/database: table
            destination/to/where?: host
        """,
        en="""
            back up {source}[ to {destination}]
            create a backup of {source}[ on {destination}]
            save a copy of {source}[ to {destination}]
            backup {source}[ {destination}]
            make sure {source} is backed up[ on {destination}]
            run the backup for {source}
        """,
        zh="""
            备份{source}[到{destination}]
            给{source}做个备份
        """,
        ask="make a backup", ask_zh="备份一下", tags="backup",
    ),
    dict(
        names="restore_backup recover_backup rollback_database undo_to_backup",
        about="Restore a backup of a date|恢复备份",
        args="""
            source/what/database: table
            date/from/version: date
        """,
        en="""
            restore {source} from {date}
            bring back {source} as of {date}
            recover the backup of {source} from {date}
            roll {source} back to {date}
            go back to the {date} backup of {source}
        """,
        zh="""
            把{source}恢复到{date}
            恢复{date}的{source}备份
        """,
        ask="restore {source}", tags="backup2",
    ),
    dict(
        names="generate_password new_password random_password make_password password",
        about="Generate a random password|Make a secure password|生成随机密码",
        args="""
            length/size/characters: #small
            symbols/special?: yes~true | no~false
        """,
        en="""
            generate a password with {length} characters
            I need a {length} character password
            make me a password of length {length}
            new password, {length} long
            random password {length}
            password with {length} letters and no symbols <symbols=no>
            give me a password of {length} characters with special characters <symbols=yes>
            create a secure password, {length} characters
        """,
        zh="""
            生成一个{length}位的密码
            我要{length}位随机密码
            来个{length}位密码，不要符号 <symbols=no>
        """,
        ask="generate a password|I need a new password", ask_zh="生成密码", tags="password",
    ),
    dict(
        names="encode_base64 base64 hash_text encode hash checksum",
        about="Encode or hash a text|Base64, SHA-256 or MD5 of a text|文本编码或哈希",
        args="""
            text/input/value/data: phrase
            method/algorithm/kind: base64 | sha256~sha-256 | md5
        """,
        en="""
            {method} of {text}
            encode {text} as {method}
            compute the {method} of {text}
            what's the {method} of "{text}"?
            {text} in {method}
            hash {text} with {method}
            give me {text} as {method}
        """,
        zh="""
            {text}的{method}
            用{method}编码{text}
            计算{text}的{method}
        """,
        tags="encode",
    ),
    dict(
        names="make_qr qr_code create_qr generate_qr",
        about="Make a QR code of a text or link|生成二维码",
        args="content/text/url/data: url",
        en="""
            make a qr code for {content}
            qr code of {content}
            turn {content} into a qr code
            generate a qr for {content}
            I need {content} as a qr code
            create a QR: {content}
        """,
        zh="""
            把{content}做成二维码
            生成{content}的二维码
        """,
        ask="make a qr code", ask_zh="生成二维码",
    ),
    dict(
        names="shorten_url short_link url_shortener make_short_link",
        about="Shorten a link|缩短网址",
        args="url/link/address: url",
        en="""
            shorten {url}
            make {url} shorter
            short link for {url}
            {url} is too long, shorten it
            give me a short version of {url}
            tiny url for {url}
        """,
        zh="""
            缩短{url}
            把{url}变成短链接
        """,
        ask="shorten a link", ask_zh="缩短链接", tags="fetch2",
    ),
    dict(
        names="find_employee lookup_employee employee_search staff_directory colleague find_colleague",
        about="Look up a colleague|Employee directory|查找员工",
        args="""
            name/person/who: person
            department/team?: department
        """,
        en="""
            find {name}[ in {department}]
            who is {name}[ from {department}]?
            look up {name} in the staff directory
            which department does {name} work in?
            employee {name}
            contact details of our colleague {name}[ in {department}]
            does {name} work here?
            office number of {name}
        """,
        zh="""
            查找员工{name}
            [{department}的]{name}是谁
            {name}在哪个部门
        """,
        ask="find an employee", ask_zh="查员工", gives="department=department phone=phone", tags="employee contact database anything",
    ),
    dict(
        names="book_room reserve_meeting_room meeting_room room_booking book_meeting_room",
        about="Book a meeting room|Reserve a room at the office|预订会议室",
        args="""
            room/name/which: meetingroom
            time/at/start/when: time
            date/day?: date
            people/seats?: #small
        """,
        en="""
            book {room} at {time}[ on {date}][ for {people} people]
            reserve the meeting room {room} for {time}[ {date}]
            I need {room} at {time}[, {people} people]
            {room}, {time}[, {date}]
            get me {room} at {time}[ on {date}]
            block {room} from {time}[ {date}]
            is {room} free at {time}? book it
        """,
        zh="""
            [{date}]{time}预订{room}[，{people}人]
            订{room}，[{date}]{time}
            我要用{room}，{time}
        """,
        ask="book a meeting room|book {room}", ask_zh="订会议室", tags="roombooking",
    ),
    dict(
        names="request_leave vacation_request take_vacation book_vacation day_off time_off",
        about="Request days off|Apply for vacation|申请休假",
        args="""
            from/start/first_day: date
            to/end/until/last_day: date
            kind/type/reason?: vacation~holiday(vacation,holiday/年假) | sick(sick leave/病假) | unpaid(unpaid leave/无薪假)
        """,
        en="""
            I want to take days off from {from} to {to}
            request vacation from {from} until {to} <kind=vacation>
            {kind} from {from} to {to}
            book {kind} {from} - {to}
            I'm away from {from} to {to}, file the leave
            time off {from} to {to}
            I am sick from {from} to {to} <kind=sick>
            apply for {kind} between {from} and {to}
        """,
        zh="""
            申请{from}到{to}的{kind}
            我要从{from}休假到{to}
            {from}到{to}请{kind}
        """,
        ask="request leave|I want a vacation <kind=vacation>", ask_zh="我要请假", tags="leave",
    ),
    dict(
        names="log_hours track_time time_entry book_hours timesheet_entry add_hours",
        about="Log working hours on a project|Book time|登记工时",
        args="""
            hours/time/amount: #small
            project/task/on: repo
            date/day?: date
        """,
        en="""
            log {hours} hours on {project}[ for {date}]
            I worked {hours} hours on {project}[ {date}]
            book {hours} hours for {project}[ on {date}]
            {hours} hours {project}[ {date}]
            add {hours}h to {project}[ {date}]
            put {hours} hours of {project} into my timesheet
            timesheet: {project} {hours} hours[, {date}]
        """,
        zh="""
            [{date}]在{project}上工作了{hours}小时，登记
            {project}记{hours}小时[，{date}]
            登记工时：{project}{hours}小时
        """,
        ask="log my hours|I worked on {project}", ask_zh="登记工时", tags="hours",
    ),
    dict(
        names="start_tracking stop_tracking time_tracker stopwatch work_timer clock_in_out",
        about="Start or stop the working time|Clock in or out|上下班打卡",
        args="action/direction/event: in~start~clock_in(in/上班) | out~stop~clock_out(out/下班) | break~pause(break/休息)",
        en="""
            clock in <action=in>
            clock me in <action=in>
            I start working now <action=in>
            I'm at work <action=in>
            begin my shift <action=in>
            clock out <action=out>
            I'm done for today <action=out>
            end my shift <action=out>
            I go home now, stop the clock <action=out>
            break <action=break>
            I take a break <action=break>
            lunch break <action=break>
            pause my work time <action=break>
        """,
        zh="""
            上班打卡 <action=in>
            我开始上班了 <action=in>
            下班打卡 <action=out>
            我下班了 <action=out>
            我要休息一下 <action=break>
            午休 <action=break>
        """,
        tags="hours2", split="in: clock_in; out: clock_out; break: take_break",
    ),
    dict(
        names="schedule_meeting invite_meeting set_up_meeting arrange_meeting create_meeting",
        about="Set up a meeting with someone|Invite a person to a meeting|安排会议",
        args="""
            person/with/attendee/who: person
            date/day/when: date
            time/at?: time
            topic/subject/about?: topic
        """,
        en="""
            set up a meeting with {person} on {date}[ at {time}][ about {topic}]
            meet {person} on {date}[ at {time}]
            arrange a meeting with {person} for {date}[ at {time}][, topic {topic}]
            I want to talk to {person} on {date}[ at {time}][ about {topic}]
            invite {person} to a meeting on {date}[ at {time}]
            schedule {person} for {date}[ {time}]
            meeting with {person}, {date}[ {time}][, {topic}]
            find a slot with {person} on {date}
        """,
        zh="""
            [{time}]{date}和{person}开会[，讨论{topic}]
            安排{date}[{time}]与{person}的会议
            约{person}{date}[{time}]开会
        """,
        ask="set up a meeting|arrange a meeting with {person}", ask_zh="约{person}开会|安排会议", tags="calendar",
    ),
    dict(
        names="add_customer create_contact new_lead add_lead crm_add add_contact",
        about="Add a contact with phone or e-mail|Create a new customer|添加联系人",
        args="""
            name/person/customer: person
            phone/number/mobile?: phone
            email/mail?: email
        """,
        en="""
            add {name} to my contacts[, phone {phone}][, email {email}]
            new contact {name}[, number {phone}]
            save {name}'s number[: {phone}]
            create the customer {name}[ with email {email}]
            put {name} into the address book[, {phone}]
            {name} is a new customer[, mail {email}]
            store the contact {name}[, tel {phone}][, mail {email}]
        """,
        zh="""
            添加联系人{name}[，电话{phone}]
            新客户{name}[，邮箱{email}]
            保存{name}的号码[{phone}]
        """,
        ask="add a contact", ask_zh="添加联系人", tags="contactadd",
    ),
    dict(
        names="find_contact get_contact lookup_contact phone_book contact_info get_phone_number",
        about="Look up a contact's phone number|Address book|查找联系人",
        args="name/person/who/contact: person",
        en="""
            what is {name}'s number?
            phone number of {name}
            look up {name} in my contacts
            how can I reach {name}?
            find the contact {name}
            {name}'s email address
            do I have the number of {name}?
            contact info for {name}
            address of {name}
        """,
        zh="""
            {name}的电话是多少
            查{name}的联系方式
            找联系人{name}
        """,
        ask="look up a contact", ask_zh="查联系人", gives="phone=phone", reply="The number of {name} is {phone}.", reply_zh="{name} 的电话是 {phone}。", tags="contact employee",
    ),
    dict(
        names="approve_request decide_request review_request handle_request approval",
        about="Approve or reject a request|审批请求",
        args="""
            id/request/number: id
            decision/action/verdict: approve~accept~yes~true(approve,accept/批准,同意) | reject~decline~no~false(reject,decline/拒绝,驳回)
        """,
        en="""
            {decision} request {id}
            {decision} {id}
            request {id} is fine <decision=approve>
            say yes to {id} <decision=approve>
            give {id} the green light <decision=approve>
            turn down {id} <decision=reject>
            no to request {id} <decision=reject>
            I don't agree with {id} <decision=reject>
            {id}: {decision}
        """,
        zh="""
            {decision}请求{id}
            {id}{decision}
            同意{id} <decision=approve>
            驳回{id} <decision=reject>
        """,
        tags="approval", split="approve: approve_request accept_request; reject: reject_request decline_request",
    ),
    dict(
        names="assign_task assign_ticket delegate hand_over give_task",
        about="Assign a task to a person|分配任务",
        args="""
            task/ticket/what: task
            person/to/assignee/who: person
        """,
        en="""
            assign {task} to {person}
            {person} should {task}
            give {person} the task {task}
            hand {task} over to {person}
            let {person} do this: {task}
            delegate {task} to {person}
            {task} is for {person}
        """,
        zh="""
            把{task}分配给{person}
            让{person}去{task}
            {task}交给{person}
        """,
        ask="assign the task|give {person} a task", tags="todo3",
    ),
    dict(
        names="post_slack slack_message post_channel send_to_channel team_chat post_message",
        about="Post a message to a team channel|发送频道消息",
        args="""
            channel/room/to: department
            text/message/content: message
        """,
        en="""
            post in {channel}: {text}
            write to the {channel} channel: {text}
            send {text} to the {channel} channel
            tell the {channel} channel that {text}
            slack {channel}: {text}
            announce in {channel} that {text}
            put this in {channel}: {text}
        """,
        zh="""
            在{channel}频道发：{text}
            往{channel}群里发{text}
        """,
        ask="post a message in {channel}", tags="message channelpost",
    ),
]
