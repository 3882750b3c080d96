# Why there is no clip, and what the member can do. After "failure-" stands our code.

failure-content_policy_violation = This prompt breaks the video service's content rules. Please word it differently.
failure-invalid_parameters = The video service didn't accept these settings. Please try others.
failure-image_processing_error = The video service couldn't process the image. Please try again.
failure-image_dimension_mismatch = The video service couldn't use this shape. Please try another one.
failure-request_cancelled = The video service cancelled this video. Please try again.
failure-generation_failed_no_content = The video service returned no video. Please try again, or word the prompt differently.
failure-service_error = The video service had a problem. Please try again in a few minutes.
failure-generation_timeout = The video service took too long. Please try again.
failure-resource_exhausted = The video service is very busy right now. Please try again in a few minutes.
failure-quota_exceeded = The video service isn't accepting requests from this bot. The bot's operator has to fix this. Please try again later.
failure-rate_limited = The video service is getting too many requests from us right now. Please try again in a few minutes.
failure-service_unavailable = The video service can't be reached right now. Please try again in a few minutes.
failure-resource_not_found = The video service lost track of this video. Please try again.
failure-unknown_error = The video service failed without giving a reason. Please try again.
failure-account = Videos can't be made right now. The bot's operator has to fix this. Please try again later.
failure-paused = Videos were paused for too long, so this one was dropped. Please try again later.
failure-gave_up = This video took too long, so I stopped waiting. If it still arrives, I'll post it here. You can also try again.
failure-unconfirmed = I lost the connection while sending this and can't tell whether it was started. Please try again.
failure-no_usable_clip = What came back wasn't a playable video. Please try again.
failure-not_fetched = The video was made, but I couldn't download it. Please try again.
failure-undecodable = The video arrived compressed in a way I can't open. Please try again. If it happens again, a moderator can ask the bot's operator.
failure-place_gone = The channel for this video no longer exists. Please try again in another one.
failure-place_forbidden = I no longer have permission to post here. An admin can check my permissions and the channel's settings.
failure-blocked = Discord or this server's filters blocked the message with this video. Please word the prompt differently.
failure-not_taken = Discord didn't accept the message with this video. You can try again.
failure-unexpected = Something went wrong on our side. If you report it, please quote `{ $reference }`. You can try again.
