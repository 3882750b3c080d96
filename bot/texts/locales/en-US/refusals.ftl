# Answers that only the member sees: what cannot be done, and why.

refused-prompt-empty = Please describe the video in a few words.
refused-prompt-broken = Your prompt holds a character that is broken. Please type it again.
refused-prompt-long = This prompt is too long. At most 4,000 characters fit.
refused-duration = Videos of this length are not available. Please choose one from the menu.
refused-quality = This quality is not available. Please choose one from the menu.
refused-spicy-off = Spicy videos are switched off in this server. Please choose another mode.
refused-permissions = I cannot post videos here. A moderator has to allow me this in this channel: { $permissions }.
refused-thread-closed = This thread is closed. Please reopen it, or ask in another place.
refused-paused = Videos cannot be made right now. Whoever runs this bot has been told. Please try again later.
refused-duplicate = I already have this request.
refused-busy = There is a lot going on right now. Please try again in a minute.

not-found-job = I cannot find this video any more.
not-allowed-cancel = Only the person who asked for this video, or a moderator, can cancel it.
not-allowed-delete = Only the person who asked for this video, or a moderator, can delete it.
not-allowed-here = You cannot use this command here.
not-allowed-outside-server = This only works inside a server.
too-late-cancel = It is too late to cancel this video.

failed-unexpected = Something broke on our side. If you report it, please quote `{ $reference }`.
failed-discord = Discord is not answering properly right now. Please try again in a minute.
failed-outdated = This command has just changed. Please try again in a minute.
text-missing = Something happened that I have no words for. Please tell a moderator.

permission-view_channel = View Channel
permission-send_messages = Send Messages
permission-send_messages_in_threads = Send Messages in Threads
permission-attach_files = Attach Files
permission-embed_links = Embed Links
permission-read_message_history = Read Message History
