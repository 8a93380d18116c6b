#pragma once
// A message for a Slack-compatible incoming webhook (Slack, Mattermost, Rocket.Chat): POST <url> with
//   {"text": title and text, for notifications and for receivers without blocks,
//    "blocks": [{"type":"header",…title}, {"type":"section",…text}…, {"type":"context",…severity, id, time}]}
// &, < and > are escaped, so that nothing in a text becomes a link or a mention. Slack's limits are kept: 150
// characters of a header, 3,000 of a section, 50 blocks. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "notify/message.hpp"

namespace qd::notify {

std::string slack_body(const Message& message);

/// Slack's escaping of text: &amp; &lt; &gt;.
std::string slack_escape(std::string_view text);

/// `text` in pieces of at most `most` bytes, cut at line ends where there are any, else between characters.
std::vector<std::string> slack_pieces(std::string_view text, std::size_t most);

}  // namespace qd::notify
