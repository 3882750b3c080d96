# Why a request is beyond a limit, and when it may be tried again.

refused-guild = Clapper isn't available in this server. The bot's operator decides where it is.
refused-member-none = You can't make videos here: your limit is 0. A moderator can tell you more.
refused-server-none = No videos can be made in this server: its limit is 0. A moderator can tell you more.
refused-member-day = You've reached your daily limit ({ $limit ->
    [one] one video
   *[other] { $limit } videos
  }).{ $left ->
    [-1] {""}
   *[other] {" "}{ $left } left this month.
  } You can ask again { $when }.
refused-member-month = You've reached your monthly limit ({ $limit ->
    [one] one video
   *[other] { $limit } videos
  }). You can ask again { $when }.
refused-member-at-once = { $limit ->
    [one] You can have one video in progress at a time. Please wait until it's done.
   *[other] You can have { $limit } videos in progress at a time. Please wait until one is done.
  }
refused-cooldown = There's a cooldown between two videos. You can ask again { $when }.
refused-server-day = This server has reached its daily limit ({ $limit ->
    [one] one video
   *[other] { $limit } videos
  }).{ $left ->
    [-1] {""}
   *[other] {" "}{ $left } left this month.
  } You can ask again { $when }.
refused-server-month = This server has reached its monthly limit ({ $limit ->
    [one] one video
   *[other] { $limit } videos
  }). You can ask again { $when }.
refused-operator-day = This server has reached the daily limit that this bot's operator set ({ $limit ->
    [one] one video
   *[other] { $limit } videos
  }). You can ask again { $when }.
refused-operator-month = This server has reached the monthly limit that this bot's operator set ({ $limit ->
    [one] one video
   *[other] { $limit } videos
  }). You can ask again { $when }.
refused-operator-none = No videos can be made in this server: this bot's operator set its limit to 0.
refused-server-at-once = { $limit ->
    [one] This server can have one video in progress at a time. Please wait until it's done.
   *[other] This server can have { $limit } videos in progress at a time. Please wait until one is done.
  }
refused-member-day-credits = This video would cost about { $costs } credits, { $over } more than you have left today (limit: { $limit }). You can ask for it { $when }; a shorter or plainer one may fit now.
refused-member-month-credits = This video would cost about { $costs } credits, { $over } more than you have left this month (limit: { $limit }). You can ask for it { $when }; a shorter or plainer one may fit now.
refused-server-day-credits = This video would cost about { $costs } credits, { $over } more than this server has left today (limit: { $limit }). You can ask for it { $when }; a shorter or plainer one may fit now.
refused-server-month-credits = This video would cost about { $costs } credits, { $over } more than this server has left this month (limit: { $limit }). You can ask for it { $when }; a shorter or plainer one may fit now.
refused-member-too-dear = This video would cost about { $costs } credits, and your limit is { $limit }. A shorter or plainer one may fit.
refused-server-too-dear = This video would cost about { $costs } credits, and this server's limit is { $limit }. A shorter or plainer one may fit.
refused-too-long = { $limit ->
    [one] Your videos here can be up to 1 second long.
   *[other] Your videos here can be up to { $limit } seconds long.
  }
refused-too-fine = Your videos here can have a quality of up to { $limit }. Choose it, or a lower one.
refused-prices-off = Prices are off in this server. Turn them on with `/quota prices`.
refused-server-credits = This video would cost about { $costs } credits, { $over } more than this server's budget has left this month. You can ask for it { $when }; a shorter or plainer one may fit now.
refused-total-credits = This bot's budget for this month is used up. You can ask again { $when }.
refused-no-budget = This bot's budget is too small for this video. A shorter one may fit.
