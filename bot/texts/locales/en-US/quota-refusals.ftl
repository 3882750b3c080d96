# Why a request is beyond a limit, and when it may be tried again.

refused-guild = Clapper is not available in this server. Whoever runs this bot decides where it is.
refused-member-day = You have used up what you may make today ({ $limit ->
    [0] no videos are allowed
    [one] { $limit } video a day
   *[other] { $limit } videos a day
  }).{ $left ->
    [-1] {""}
    [one] {" "}This month has { $left } left.
   *[other] {" "}This month has { $left } left.
  } Your next day begins { $when }.
refused-member-month = You have used up what you may make this month ({ $limit ->
    [0] no videos are allowed
    [one] { $limit } video a month
   *[other] { $limit } videos a month
  }). The next month begins { $when }.
refused-member-at-once = { $limit ->
    [0] You may not make videos here.
    [one] You may make one video at a time. Please wait until it has ended.
   *[other] You may make { $limit } videos at a time. Please wait until one has ended.
  }
refused-cooldown = Please wait a little between two videos. You can ask again { $when }.
refused-server-day = This server has used up what it may make today ({ $limit ->
    [0] no videos are allowed
    [one] { $limit } video a day
   *[other] { $limit } videos a day
  }).{ $left ->
    [-1] {""}
    [one] {" "}Its month has { $left } left.
   *[other] {" "}Its month has { $left } left.
  } Its next day begins { $when }.
refused-server-month = This server has used up what it may make this month ({ $limit ->
    [0] no videos are allowed
    [one] { $limit } video a month
   *[other] { $limit } videos a month
  }). The next month begins { $when }.
refused-server-at-once = { $limit ->
    [0] No videos may be made in this server.
    [one] One video at a time may be made in this server. Please wait until it has ended.
   *[other] { $limit } videos at a time may be made in this server. Please wait until one has ended.
  }
refused-server-credits = The budget of this server is used up for this month. The next month begins { $when }.
refused-total-credits = The budget of this bot is used up for this month. The next month begins { $when }.
