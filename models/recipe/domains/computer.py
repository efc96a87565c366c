"""The machine itself: files, programs, network, printer, screen."""

DOMAINS = [
    dict(
        names="write_file save_file create_file file_write store_file",
        about="Write text to a file|Create a file with content|写入文件",
        args="""
            path/file/filename/name: file
            content/text/body/data: note
        """,
        en="""
            write "{content}" to {path}
            save {content} in {path}
            create the file {path} with {content}
            put {content} into {path}
            make a file {path} that says {content}
            {path}: write {content}
            new file {path}, content: {content}
            store {content} as {path}
        """,
        zh="""
            把{content}写入{path}
            新建文件{path}，内容{content}
            将{content}保存到{path}
        """,
        ask="write a file|create the file {path}", ask_zh="新建文件", tags="writefile",
    ),
    dict(
        names="append_file add_to_file append_line file_append",
        about="Append a line to a file|追加到文件",
        args="""
            path/file/filename: file
            line/text/content: note
        """,
        en="""
            append {line} to {path}
            add the line {line} to {path}
            add "{line}" at the end of {path}
            {path}: append {line}
            extend {path} with {line}
        """,
        zh="""
            在{path}末尾添加{line}
            把{line}追加到{path}
        """,
        tags="writefile",
    ),
    dict(
        names="delete_file remove_file erase_file rm trash_file",
        about="Delete a file|删除文件",
        args="path/file/filename/name: file",
        en="""
            delete {path}
            remove the file {path}
            erase {path}
            rm {path}
            throw {path} away
            get rid of {path}
            move {path} to the trash
            I don't need {path} any more, delete it
            trash {path}
        """,
        zh="""
            删除{path}
            把{path}删掉
            移除文件{path}
        """,
        ask="delete a file", ask_zh="删除文件", tags="deletefile",
    ),
    dict(
        names="move_file rename_file mv file_move relocate_file copy_file",
        about="Move, rename or copy a file|移动或重命名文件",
        args="""
            source/from/path/file: file
            destination/to/target/new_name: file
        """,
        en="""
            rename {source} to {destination}
            move {source} to {destination}
            mv {source} {destination}
            copy {source} to {destination}
            {source} should be called {destination}
            change the name of {source} to {destination}
            put {source} at {destination}
        """,
        zh="""
            把{source}改名为{destination}
            将{source}移动到{destination}
            复制{source}到{destination}
        """,
        ask="rename {source}|move a file", tags="movefile",
    ),
    dict(
        names="find_files search_files file_search locate_file find_file",
        about="Find files by name|Search files on disk|搜索文件",
        args="""
            query/name/pattern/what: word
            folder/in/path?: folder
        """,
        en="""
            find files named {query}[ in {folder}]
            where is the file {query}?
            search for files with {query}[ in {folder}]
            locate {query}[ in {folder}]
            which files contain {query}[ in {folder}]?
            look for {query} on my disk
            files about {query}[ in {folder}]
        """,
        zh="""
            [在{folder}里]查找文件{query}
            {query}文件在哪
            搜索名为{query}的文件
        """,
        ask="find a file", tags="findfile readfile",
    ),
    dict(
        names="compress_files zip_folder make_zip archive_folder zip",
        about="Pack a folder into an archive|压缩文件夹",
        args="""
            folder/path/source/what: folder
            format/type?: zip | tar | 7z
        """,
        en="""
            zip {folder}
            compress {folder}[ as {format}]
            pack the folder {folder}[ into a {format}]
            make an archive of {folder}
            archive {folder}[ as {format}]
            turn {folder} into a zip <format=zip>
            tar {folder} <format=tar>
        """,
        zh="""
            压缩{folder}
            把{folder}打包[成{format}]
        """,
        ask="zip a folder", tags="zip",
    ),
    dict(
        names="download_file download get_file save_url fetch_file",
        about="Download a file from a URL|下载文件",
        args="""
            url/link/from: url
            folder/to/path/destination?: folder
        """,
        en="""
            download {url}[ to {folder}]
            save {url}[ in {folder}]
            get the file from {url}[ and put it in {folder}]
            pull {url}[ into {folder}]
            store {url} on my disk[ under {folder}]
            wget {url}
        """,
        zh="""
            下载{url}[到{folder}]
            把{url}存到[{folder}]
        """,
        ask="download a file", tags="fetch download",
    ),
    dict(
        names="print_document print_file print printer send_to_printer",
        about="Print a file|Send a document to the printer|打印文件",
        args="""
            file/document/path/name: file
            copies/count/times?: #small
            color?: color~colour~true(in colour,in color/彩色) | gray~bw~false(in black and white/黑白)
        """,
        en="""
            print {file}[, {copies} copies]
            print {copies} copies of {file}
            send {file} to the printer[ {copies} times]
            I need {file} on paper[, {copies} times]
            print out {file} {color}
            {file} as a printout[, {copies} copies]
            {copies} times {file} on the printer
        """,
        zh="""
            打印{file}[{copies}份]
            把{file}打印出来
            {color}打印{file}[，{copies}份]
        """,
        ask="print a document", ask_zh="打印", tags="print readfile",
    ),
    dict(
        names="scan_document scanner scan_page make_scan",
        about="Scan a document to a file|扫描文档",
        args="""
            name/file/to/path?: file
            quality/resolution/dpi?: #int
        """,
        en="""
            scan a document[ to {name}]
            scan this page[ as {name}]
            make a scan[ with {quality} dpi]
            use the scanner[, save as {name}]
            scan it[ in {quality} dpi]
        """,
        zh="""
            扫描文件[到{name}]
            扫描一页[，{quality}dpi]
        """,
        tags="scan",
    ),
    dict(
        names="take_screenshot screenshot capture_screen screen_shot",
        about="Take a screenshot|截屏",
        args="name/file/path?: file",
        en="""
            take a screenshot[ and save it as {name}]
            screenshot[ {name}]
            capture the screen[ to {name}]
            grab my screen[ as {name}]
            save what is on the screen[ as {name}]
        """,
        zh="""
            截屏[，保存为{name}]
            截个图
            屏幕截图
        """,
        tags="screen",
    ),
    dict(
        names="open_app launch_app start_program run_app start_app application",
        about="Open an application|Start a program|打开应用程序",
        args="app/name/program/application: app",
        en="""
            open {app}
            launch {app}
            start {app}
            run {app}
            start the program {app}
            I want to use {app}
            bring up {app}
            open the app {app}
            fire up {app}
            can you open {app}?
        """,
        zh="""
            打开{app}
            启动{app}
            运行{app}
            我要用{app}
        """,
        ask="open an app|start a program", ask_zh="打开应用", tags="app",
    ),
    dict(
        names="close_app quit_app kill_process stop_program end_task exit_app",
        about="Close an application|Kill a program|关闭应用程序",
        args="app/name/program/process: app",
        en="""
            close {app}
            quit {app}
            kill {app}
            end the program {app}
            {app} hangs, close it
            stop the app {app}
            shut {app} down
            exit {app}
            force quit {app}
        """,
        zh="""
            关闭{app}
            退出{app}
            结束{app}
            {app}卡死了，关掉
        """,
        ask="close the app", ask_zh="关闭应用", tags="app2",
    ),
    dict(
        names="disk_space disk_usage free_space storage_info df",
        about="Free space on a disk|How full is a folder|查询磁盘空间",
        args="path/disk/folder/drive?: folder",
        en="""
            how much disk space is left[ in {path}]?
            free space[ on {path}]
            how full is the disk?
            disk usage[ of {path}]
            how big is the folder {path}?
            is there enough space[ on {path}]?
            storage left?
        """,
        zh="""
            磁盘还剩多少空间
            {path}有多大
            [{path}]剩余空间
        """,
        gives="free=#int", tags="disk",
    ),
    dict(
        names="system_info computer_info about_machine machine_info uptime",
        about="Information about this computer|Uptime, memory and version|系统信息",
        args="",
        en="""
            what kind of computer is this?
            system info
            how long has the machine been running?
            uptime
            which operating system is this?
            how much memory does this computer have?
            tell me about this machine
            computer specs
        """,
        zh="""
            这台电脑的信息
            系统信息
            开机多久了
            内存有多大
        """,
        gives="system=word memory=#int", tags="system",
    ),
    dict(
        names="battery_level battery get_battery battery_status power_status",
        about="Battery level of a device|查询电量",
        args="device/name?: gadget",
        en="""
            how much battery is left[ on {device}]?
            battery level[ of {device}]
            is {device} charged?
            how full is the battery[ of {device}]?
            do I need to charge {device}?
            battery status[ {device}]
        """,
        zh="""
            还剩多少电
            [{device}]电量
            {device}充满了吗
        """,
        gives="percent=#percent", reply="The battery is at {percent}%.", reply_zh="电量 {percent}%。", tags="battery",
    ),
    dict(
        names="wifi_control wifi toggle_wifi set_wifi bluetooth_control set_radio airplane_mode",
        about="Turn Wi-Fi or Bluetooth on or off|Wireless switches|开关无线网络或蓝牙",
        args="""
            radio/what/kind/interface: wifi~WIFI(wifi/无线网) | bluetooth~BT(bluetooth/蓝牙) | airplane~flight(airplane mode/飞行模式)
            state/on/enabled: on~true~enable(on/打开) | off~false~disable(off/关闭)
        """,
        en="""
            turn {state} {radio}
            {radio} {state}
            switch {radio} {state}
            turn {radio} {state}
            enable {radio} <state=on>
            disable {radio} <state=off>
            I need {radio} <state=on>
            no {radio} please <state=off>
            activate {radio} <state=on>
        """,
        zh="""
            {state}{radio}
            把{radio}{state}
            {radio}{state}
        """,
        tags="wifi", split="on: enable_radio turn_on_wireless; off: disable_radio turn_off_wireless",
    ),
    dict(
        names="connect_wifi join_network wifi_connect connect_network",
        about="Join a Wi-Fi network|连接无线网络",
        args="""
            network/ssid/name: word
            password/key/pass?: code
        """,
        en="""
            connect to the wifi {network}[ with password {password}]
            join {network}[, password {password}]
            log into the network {network}[, key {password}]
            use the wifi {network}[ {password}]
            wifi {network}[, pass {password}]
        """,
        zh="""
            连接无线网{network}[，密码{password}]
            加入网络{network}
        """,
        ask="connect to wifi", tags="wifi2",
    ),
    dict(
        names="power_control shutdown computer_power shut_down_computer power_off_pc",
        about="Shut down, restart or suspend the computer|关机、重启或休眠",
        args="action/command/mode: shutdown~off~poweroff(shut down/关机) | restart~reboot(restart/重启) | sleep~suspend(sleep/休眠) | lock(lock/锁屏)",
        en="""
            shut down the computer <action=shutdown>
            turn off the pc <action=shutdown>
            power off <action=shutdown>
            restart the computer <action=restart>
            reboot <action=restart>
            reboot the machine <action=restart>
            put the computer to sleep <action=sleep>
            suspend <action=sleep>
            hibernate now <action=sleep>
            lock the screen <action=lock>
            lock my computer <action=lock>
        """,
        zh="""
            关机 <action=shutdown>
            关闭电脑 <action=shutdown>
            重启电脑 <action=restart>
            让电脑休眠 <action=sleep>
            锁屏 <action=lock>
        """,
        tags="power", split="shutdown: shutdown_computer power_off_computer; restart: reboot_computer restart_computer; sleep: suspend_computer; lock: lock_screen",
    ),
    dict(
        names="copy_clipboard clipboard set_clipboard copy_text",
        about="Copy a text to the clipboard|复制到剪贴板",
        args="text/content/value: phrase",
        en="""
            copy "{text}" to the clipboard
            put {text} in the clipboard
            clipboard: {text}
            copy the text {text}
            I want to paste {text}, copy it
        """,
        zh="""
            复制{text}
            把{text}放到剪贴板
        """,
        tags="clipboard",
    ),
    dict(
        names="run_command shell execute terminal run_shell exec bash",
        about="Run a shell command|Execute a command line|执行命令",
        args="command/cmd/line: command",
        en="""
            run {command}
            execute {command}
            run the command {command}
            shell: {command}
            type {command} in the terminal
            $ {command}
            what does {command} print?
        """,
        zh="""
            执行{command}
            运行命令{command}
        """,
        ask="run a command", tags="shell",
    ),
    dict(
        names="run_code python run_script execute_code run_python",
        about="Run a script file|Execute a program file|运行脚本",
        args="""
            script/file/path/name: file
            arguments/args?: word
        """,
        en="""
            run the script {script}[ with {arguments}]
            execute the script {script}
            start {script} as a program[ with argument {arguments}]
            run my script {script}
            let {script} run[ with {arguments}]
        """,
        zh="""
            运行脚本{script}
            执行{script}[，参数{arguments}]
        """,
        tags="script readfile",
    ),
    dict(
        names="set_wallpaper wallpaper change_background desktop_background",
        about="Change the desktop background|更换壁纸",
        args="image/file/path: file",
        en="""
            set {image} as wallpaper
            use {image} as background
            change my background to {image}
            wallpaper {image}
            new desktop picture: {image}
        """,
        zh="""
            把{image}设为壁纸
            换壁纸{image}
        """,
        tags="screen2",
    ),
    dict(
        names="summarize_file summarize_text summarise_document tl_dr digest",
        about="Summarize a file|Short version of a document|总结文件",
        args="""
            path/file/document: file
            length/size/sentences?: #small
        """,
        en="""
            summarize {path}[ in {length} sentences]
            give me the gist of {path}
            short version of {path}[, {length} sentences]
            what's the main point of {path}?
            tl;dr {path}
            sum up the document {path}[ in {length} sentences]
        """,
        zh="""
            总结{path}[，{length}句话]
            {path}的摘要
        """,
        tags="readfile summarize",
    ),
    dict(
        names="convert_file file_convert change_format export_as convert_document",
        about="Convert a file to another format|转换文件格式",
        args="""
            file/path/source/document: file
            format/to/target/type: pdf | png | mp3 | docx | html
        """,
        en="""
            convert {file} to {format}
            make a {format} of {file}
            {file} as {format}
            turn {file} into {format}
            export {file} as {format}
            save {file} in {format} format
            I need {file} as a {format}
        """,
        zh="""
            把{file}转成{format}
            {file}导出为{format}
        """,
        ask="convert {file}", tags="convertfile",
    ),
    dict(
        names="replace_text find_replace search_replace edit_file",
        about="Replace a word in a file|替换文件中的文字",
        args="""
            file/path/in: file
            search/old/from/find: word
            replace/new/to/with: word
        """,
        en="""
            replace {search} with {replace} in {file}
            in {file} change {search} to {replace}
            swap {search} for {replace} in {file}
            {file}: {search} becomes {replace}
            edit {file}, replace {search} by {replace}
        """,
        zh="""
            把{file}里的{search}换成{replace}
            在{file}中将{search}替换为{replace}
        """,
        tags="writefile",
    ),
]
