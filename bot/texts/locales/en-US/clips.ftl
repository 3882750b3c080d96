# The messages that bring the clip, or say why there is none.

clip-ready = { $member } Your video is ready!
clip-late = { $member } Better late than never: your video is done after all. It doesn't count towards your limit.
clip-link = { $member } Your video is ready, but it's too large to upload here.
clip-link-late = { $member } Better late than never: your video is done after all, but it's too large to upload here. It doesn't count towards your limit.
clip-shrunk = The original was too large to upload here, so this is a smaller copy. Watch the original until { $until }: { $link }
clip-link-address = Watch it until { $until }: { $link }

picture-alt = The picture that this video begins with

notice-quota = This doesn't count towards your limit.
notice-denied = A moderator didn't approve this video.
notice-denied-reason = A moderator didn't approve this video. Reason: { $reason }

button-again = Again
button-edit = Edit
button-continue = Continue
button-delete = Delete

modal-animate-title = Animate picture
modal-picture = Picture
modal-another-picture = Another picture
modal-another-picture-about = Leave this empty to keep the picture.
modal-prompt-optional = You can leave this empty.
modal-edit-title = Change it and make a new video
modal-edit-prompt = What should happen in the video?
modal-continue-title = Continue this video
modal-continue-prompt = What happens next?

deleted = Video deleted. It still counts towards your limit.
deleted-of = Video deleted. It still counts towards { $member }'s limit.
deleted-free = Video deleted.
cancelled-free = Cancelled. It doesn't count towards your limit.
cancelled-counts = Cancelled. It was already being made, so it counts towards your limit.
cancelled-counts-of = Cancelled. It was already being made, so it counts towards { $member }'s limit.
cancel-question = This video is already being made. If you cancel it now, it still counts towards your limit.
cancel-question-of = This video is already being made. If you cancel it now, it still counts towards { $member }'s limit.
cancel-kept = The video is still being made.
button-cancel_confirmed = Cancel anyway
button-keep = Keep it
