# Answers that only the member sees: what cannot be done, and why.

refused-prompt-empty = Please describe the video in a few words.
refused-erased = This video's prompt has been erased. Use Edit or `/video` with new words.
refused-prompt-broken = Your prompt contains an invalid character. Please type it again.
refused-text-broken = What you typed contains an invalid character. Nothing was changed. Please type it again.
refused-picture-kind = I can't read this picture. Please use a JPEG, PNG, WebP or GIF file.
refused-picture-heic = I can't read HEIC or AVIF pictures. Please send this one as a JPEG or PNG file.
refused-picture-large = This picture is too large. The limit is 25 MB.
refused-picture-bytes = This picture is too large: { $model } takes up to { $megabytes } MB. Please choose a smaller one.
refused-picture-sides = This picture has { $width } by { $height } pixels: { $model } takes { $least } to { $most } on each side. Please choose another one.
refused-picture-ratio = This picture is too long and narrow: { $model } takes pictures up to { $ratio } times as long as wide. Please crop it, or choose another one.
refused-picture-pixels = This picture has too many pixels. The limit is { $megapixels } megapixels for files of this kind.
refused-picture-broken = This picture is damaged, so I can't read it. Please send it again, or choose another one.
refused-picture-slow = It took too long to load this picture. Please try again in a minute.
refused-prompt-long = This prompt is too long: { $model } takes up to { $most } characters.
refused-duration = { $kind ->
    [range] { $model } takes { $first } to { $last } seconds.
    [one] { $model } takes { $last } seconds.
   *[several] { $model } takes { $first } or { $last } seconds.
  }
refused-mode = { $model } has no modes. Leave the *mode* option out, or choose normal.
refused-aspect = { $kind ->
    [none] { $model } keeps the picture's shape. Leave the *aspect* option out.
    [one] { $model } takes the shape { $last } only.
   *[several] { $model } takes the shapes { $first } or { $last }.
  }
refused-quality = { $kind ->
    [none] { $model } has no choice of quality. Leave the *quality* option out.
    [one] { $model } takes { $last } only.
   *[several] { $model } takes { $first } or { $last }.
  }
refused-sound = You can't switch the sound of { $model } on or off. Leave the *sound* option out.
refused-model = { $kind ->
    [one] This server uses { $last } only.
   *[several] This server uses { $first } or { $last }.
  }
refused-picture-model = { $model } doesn't take pictures here. Choose another model, or leave the picture out.
refused-model-pictures = None of the models here takes pictures. Please describe the video in words alone.
refused-picture-gone = I can't load this picture any more. Please use it again from its message, or attach it to `/video`.
refused-picture-unread = Discord didn't give me this picture. Please try again in a minute.
refused-continue-spicy = Spicy videos can't be continued.
refused-continue-off = Videos can't be continued here.
refused-continue-link = This message only has a link to the video, so I can't continue it.
refused-continue-gone = I can't find this video any more, so I can't continue it.
refused-continue-large = This video is too large for me to continue it.
refused-continue-unread = I couldn't read the end of this video. Please try again in a minute.
refused-spicy-off = Spicy videos are switched off in this server. Please choose another mode.
refused-permissions = I can't post videos here. Ask an admin to give me these permissions in this channel: { $permissions }.
refused-thread-closed = This thread is closed. Please reopen it, or ask somewhere else.
refused-not-a-member = I can't post videos here: this server has my commands, but not me. Someone who can manage the server can add me again, as a bot.
refused-channel-kind = I can't post videos in this kind of channel. Try a text channel or a thread.
refused-thread-private = I can't post in this private thread. Mention me here to add me, then try again.
refused-timed-out = I'm in time-out in this server, so I can't post videos. Try again { $until }, or ask a moderator to end my time-out.
refused-paused = Videos can't be made right now. The bot's operator has to fix this. Please try again later.
refused-duplicate = I already have this request.
refused-busy = A lot is going on right now. Please try again in a minute.

not-found-job = I can't find this video any more.
not-allowed-cancel = Only the person who asked for this video, or a moderator, can cancel it.
not-allowed-delete = Only the person who asked for this video, or a moderator, can delete it.
not-allowed-here = You can't use this command here.
not-allowed-outside-server = This only works inside a server.
too-early-cancel = I'm still loading this request. Please try again in a few seconds.
too-late-cancel = It's too late to cancel this video.

failed-unexpected = Something went wrong on our side. If you report it, please quote `{ $reference }`.
failed-discord = Discord isn't answering properly right now. Please try again in a minute.
failed-storage-busy = I can't save anything right now because my database is busy. Nothing was changed. Please try again in a minute.
failed-storage-full = I can't save anything right now because my disk is full. Nothing was changed. The bot's operator has to fix this.
failed-storage-broken = I can't use my database right now. The bot's operator has to fix this.
failed-outdated = This command has just changed. Please try again in a minute.
text-missing = Something happened that I have no words for. Please tell a moderator.

permission-view_channel = View Channel
permission-connect = Connect
permission-send_messages = Send Messages
permission-send_messages_in_threads = Send Messages in Threads
permission-attach_files = Attach Files
permission-embed_links = Embed Links
permission-read_message_history = Read Message History
