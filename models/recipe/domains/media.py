"""Music, films, television, photographs, reading aloud."""

DOMAINS = [
    dict(
        names="play_music play_song music media_play spotify play play_audio player",
        about="Play a song or artist|Play music|Start music playback|Plays audio in a room|播放音乐",
        args="""
            song/query/title/track/what: song
            room/device/where/speaker?: room
        """,
        en="""
            play {song}[ in the {room}]
            put on {song}[ in the {room}]
            I want to hear {song}[ in the {room}]
            start playing {song}[ in the {room}]
            listen to {song}[ in the {room}]
            let me hear {song}[ in the {room}]
            some {song}[ in the {room}]
            can we have {song}[ in the {room}]?
            {song} please
            [in the {room}, ]play {song}
            music: {song}[ in the {room}]
            turn on {song}
            I'm in the mood for {song}
            play me {song}
        """,
        zh="""
            [在{room}]播放{song}
            放一首{song}
            我想听{song}
            来点{song}
            [在{room}]放{song}
            听{song}
        """,
        ask="play a song|play some music|play something[ in the {room}]", ask_zh="放首歌|播放音乐", tags="music",
    ),
    dict(
        names="media_control player_control playback music_control remote control_playback",
        about="Control playback|Pause, resume or skip|Media player control|控制播放：暂停、继续、下一首",
        args="action/command/button/do: pause~PAUSE(pause/暂停) | resume~play~RESUME(resume,continue/继续) | next~skip~NEXT(next/下一首) | previous~back~PREVIOUS(previous/上一首) | stop~STOP(stop/停止)",
        en="""
            pause the music <action=pause>
            pause <action=pause>
            pause it <action=pause>
            hold the song <action=pause>
            resume <action=resume>
            continue the music <action=resume>
            go on playing <action=resume>
            unpause <action=resume>
            next song <action=next>
            skip this one <action=next>
            skip <action=next>
            I don't like this song, next <action=next>
            next track please <action=next>
            previous song <action=previous>
            go back to the last song <action=previous>
            play the one before <action=previous>
            stop the music <action=stop>
            stop playing <action=stop>
            music off <action=stop>
            {action} the track
            {action} the player
        """,
        zh="""
            暂停 <action=pause>
            暂停音乐 <action=pause>
            继续播放 <action=resume>
            接着放 <action=resume>
            下一首 <action=next>
            跳过这首 <action=next>
            换一首 <action=next>
            上一首 <action=previous>
            回到上一首 <action=previous>
            停止播放 <action=stop>
            别放了 <action=stop>
        """,
        tags="playback", split="pause: pause_music pause_playback pause; next: next_song skip_song next_track; stop: stop_music stop_playback; resume: resume_music resume_playback; previous: previous_song previous_track",
    ),
    dict(
        names="set_volume volume change_volume sound_level audio_volume",
        about="Set the volume|Change the loudness in percent|设置音量",
        args="""
            level/volume/percent/value: #percent
            device/speaker/room?: room
        """,
        en="""
            set the volume to {level}[ in the {device}]
            volume {level}[ in the {device}]
            volume to {level} percent[ in the {device}]
            turn the volume up to {level}[ in the {device}]
            turn the volume down to {level}
            make it {level} percent loud
            sound at {level}%[ in the {device}]
            loudness {level}
            put the volume at {level}[ in the {device}]
            lower the volume to {level}[ in the {device}]
            {level} percent volume
        """,
        zh="""
            音量调到{level}
            把[{device}的]音量设为{level}
            [{device}]音量{level}
            声音调到百分之{level}
        """,
        ask="change the volume|set the volume", ask_zh="调音量", tags="volume level",
    ),
    dict(
        names="volume_step adjust_volume volume_change louder_quieter volume_up_down",
        about="Make it louder or quieter|Volume up or down|调大或调小音量",
        args="direction/change/action: up~louder~increase(up,louder/调大,大一点) | down~quieter~decrease(down,quieter/调小,小一点) | mute~silent(mute/静音)",
        en="""
            louder <direction=up>
            make it louder <direction=up>
            turn it up <direction=up>
            volume up <direction=up>
            I can't hear anything <direction=up>
            a bit louder please <direction=up>
            quieter <direction=down>
            turn it down <direction=down>
            volume down <direction=down>
            too loud <direction=down>
            not so loud please <direction=down>
            mute <direction=mute>
            mute the sound <direction=mute>
            silence <direction=mute>
            be quiet <direction=mute>
        """,
        zh="""
            大声一点 <direction=up>
            声音大点 <direction=up>
            听不清，大点声 <direction=up>
            小声一点 <direction=down>
            太吵了 <direction=down>
            音量{direction}
            静音 <direction=mute>
        """,
        tags="volume", split="up: volume_up louder increase_volume; down: volume_down quieter decrease_volume; mute: mute mute_sound",
    ),
    dict(
        names="change_channel tv_channel set_channel watch_channel tv",
        about="Switch the TV to a channel|Change the channel|切换电视频道",
        args="channel/name/station/number: channel",
        en="""
            switch to {channel}
            change the channel to {channel}
            put on {channel}
            I want to watch {channel}
            tv: {channel}
            turn to {channel}
            show {channel} on the tv
            let's watch {channel}
            zap to {channel}
            {channel} on tv please
        """,
        zh="""
            换到{channel}
            我要看{channel}
            电视调到{channel}
            切换{channel}
        """,
        ask="change the channel", ask_zh="换个台", tags="tv",
    ),
    dict(
        names="play_movie watch_movie stream_movie start_film play_video watch",
        about="Play a movie on a screen|Start a film|Streams a video|播放电影",
        args="""
            title/movie/film/video: movie
            screen/device/room/on?: room
        """,
        en="""
            play the movie {title}[ in the {screen}]
            watch {title}[ in the {screen}]
            start {title}[ in the {screen}]
            put the film {title} on[ in the {screen}]
            I'd like to see {title}[ in the {screen}]
            stream {title}[ in the {screen}]
            show {title}[ in the {screen}]
            movie {title}[ in the {screen}]
        """,
        zh="""
            播放电影{title}
            [在{screen}]看{title}
            放{title}这部电影
        """,
        ask="play a movie", ask_zh="放部电影", tags="music movie",
    ),
    dict(
        names="play_radio radio tune_radio radio_station listen_radio",
        about="Play a radio station|Tune the radio|收听电台",
        args="station/name/frequency/channel: station",
        en="""
            play the radio station {station}
            tune in to {station}
            radio {station}
            listen to {station} on the radio
            turn the radio to {station}
            put on radio {station}
            I want to hear the station {station}
            switch the radio to {station}
        """,
        zh="""
            收听{station}
            打开电台{station}
            收音机调到{station}
        """,
        ask="turn on the radio|play the radio", ask_zh="听电台", tags="music",
    ),
    dict(
        names="add_to_playlist playlist_add save_song like_song",
        about="Add a song to a playlist|Save a track in a playlist|把歌曲加入播放列表",
        args="""
            song/track/title: song
            playlist/list/name: tag
        """,
        en="""
            add {song} to my {playlist} playlist
            put {song} in the playlist {playlist}
            save {song} to {playlist}
            {song} belongs in my {playlist} playlist
            playlist {playlist}: add {song}
            include {song} in {playlist}
        """,
        zh="""
            把{song}加到{playlist}歌单
            {playlist}歌单里加{song}
        """,
        tags="playlist",
    ),
    dict(
        names="take_photo capture camera_shot take_picture snap",
        about="Take a photo|Take a picture with the camera|拍照",
        args="""
            timer/delay/seconds?: #small
            camera?: front(front,selfie/前置) | back~rear(back,rear/后置)
        """,
        en="""
            take a photo[ in {timer} seconds]
            take a picture[ with a delay of {timer} seconds]
            snap a photo
            selfie please <camera=front>
            take a selfie[ in {timer} seconds] <camera=front>
            photo with the {camera} camera
            shoot a picture[ after {timer} seconds]
            say cheese
            use the rear camera and take a photo <camera=back>
        """,
        zh="""
            拍照
            [{timer}秒后]拍张照片
            自拍一张 <camera=front>
            用{camera}摄像头拍照
        """,
    ),
    dict(
        names="find_photos search_photos photo_search show_photos gallery_search",
        about="Find photos by what is on them|Search the photo library|搜索照片",
        args="query/subject/what/person: photosubject",
        en="""
            show photos of {query}
            find pictures of {query}
            photos with {query}
            where are my photos of {query}?
            pictures from {query}
            search my photos for {query}
            do I have images of {query}?
        """,
        zh="""
            找{query}的照片
            显示{query}的照片
            有没有{query}的照片
        """,
        gives="photos=[file]",
    ),
    dict(
        names="text_to_speech speak say_aloud read_aloud announce tts",
        about="Say a text aloud|Speak through the speaker|Announces something|朗读文字",
        args="text/message/content/words: message",
        en="""
            say "{text}" aloud
            announce {text}
            speak: {text}
            announce that {text}
            read aloud: {text}
            say out loud {text}
            tell everyone in the house: {text}
            let the speaker say {text}
            broadcast {text}
        """,
        zh="""
            大声说{text}
            播报{text}
            朗读：{text}
            广播一下，{text}
        """,
        ask="announce something|say something aloud", ask_zh="播报一下", tags="announce",
    ),
    dict(
        names="record_audio voice_memo record start_recording record_voice",
        about="Record a voice memo|Record sound for some seconds|录音",
        args="seconds/length/duration?: #small",
        en="""
            record a voice memo[ of {seconds} seconds]
            start recording[ for {seconds} seconds]
            record my voice[ for {seconds} seconds]
            make a recording
            record {seconds} seconds of sound
            tape this
        """,
        zh="""
            开始录音
            录音{seconds}秒
            录一段语音
        """,
    ),
    dict(
        names="lyrics get_lyrics song_lyrics find_lyrics song_text",
        about="Lyrics of a song|Find the words of a song|查歌词",
        args="song/title/track: song",
        en="""
            lyrics of {song}
            what are the words of {song}?
            show me the lyrics for {song}
            text of the song {song}
            how does {song} go?
            find the lyrics: {song}
        """,
        zh="""
            {song}的歌词
            查{song}歌词
        """,
        tags="song",
    ),
    dict(
        names="current_song what_is_playing now_playing identify_song song_name",
        about="Tells what is playing|Identify the current song|正在播放的歌曲",
        args="",
        en="""
            what song is this?
            what is playing?
            who sings this?
            name of this song?
            what am I listening to?
            which track is on?
            what's this tune called?
        """,
        zh="""
            这是什么歌
            正在放什么
            这首歌叫什么
        """,
        gives="title=song artist=person", reply="This is {title} by {artist}.", reply_zh="这是 {artist} 的 {title}。", tags="song",
    ),
    dict(
        names="edit_image resize_image crop_image image_filter photo_edit",
        about="Apply a filter to an image|Edit a picture|给图片加滤镜",
        args="""
            file/image/path/photo: file
            filter/effect/style: gray~grayscale~bw(black and white,gray/黑白) | sepia(sepia/怀旧) | blur(blur/模糊) | sharpen(sharpen/锐化)
        """,
        en="""
            make {file} {filter}
            apply {filter} to {file}
            {file} with {filter} effect
            put a {filter} filter on {file}
            turn {file} into {filter}
            edit {file}: {filter}
            {filter} {file}
        """,
        zh="""
            把{file}变成{filter}
            给{file}加{filter}滤镜
            {file}{filter}处理
        """,
    ),
]
