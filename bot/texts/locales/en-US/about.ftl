# `/about`, and the first message in a server that has added the bot.

command-about-name = about
command-about-description = See what Clapper can do here, and whose it is

about-title = Clapper
about-what = I make short videos from your words. Type `/video` and say what should happen.
about-here = In this channel
about-ready = You can ask for videos here.
about-lengths = { $kind ->
    [range] { $first } to { $last } seconds
    [one] { $last } seconds
   *[several] { $first } or { $last } seconds
  }
about-modes = fun or normal
about-pictures-off = Pictures are switched off in this server.
about-pictures-own = A video can begin with your own picture: `/video image:`, or **Animate picture** in the menu of your message.
about-pictures-any = A video can begin with a picture: `/video image:`, or **Animate picture** in the menu of a message.
about-pictures-model = { $kind ->
    [one] From a picture, { $model } makes the video instead of { $last }.
   *[several] From a picture, { $model } makes the video instead of { $first } or { $last }.
  }
about-spicy-allowed = Spicy videos are allowed here.
about-spicy-review = Spicy videos are allowed here after a moderator's approval.
about-spicy-spicy-off = Spicy videos are switched off in this server.
about-spicy-spicy-place = Spicy videos only work in age-restricted channels. This isn't one.
about-spicy-spicy-role = Spicy videos are for members with certain roles in this server.
about-spicy-spicy-review = Spicy videos need a moderator's approval, but no suitable review channel is set.
about-day = { $limit ->
    [0] No videos allowed today
   *[other] { $used } of { $limit } videos today
  }
about-month = { $limit ->
    [0] no videos allowed this month
   *[other] { $used } of { $limit } this month
  }
about-unlimited = Your videos aren't limited here
about-more-limits = more: `/usage`
about-data = Your data
about-erase = `/privacy export` gives you a file with all that is stored about you. `/privacy forget` erases your prompts, your pictures, your settings and your user ID.
about-version = Clapper { $version }
about-link-privacy = Privacy policy
about-link-terms = Terms of service
about-link-support = Get help

greeting-title = 👋 Hi, I'm Clapper. I make short videos from your words.
greeting-begin = **Try it:** type `/video` and say what should happen. A few minutes later the video is posted in the same channel.
greeting-members = **Members:** `/usage` shows how many videos you have left, and `/settings set` keeps your favourite mode, length and shape.
greeting-admins = **Admins:** `/quota view` shows the limits, `/preset add` keeps a style for everyone, and `/moderation view` shows what is allowed. Spicy videos are off until you allow them.
greeting-more = `/about` says what I can do in a channel.
