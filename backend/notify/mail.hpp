#pragma once
// A message as an e-mail (RFC 5322, MIME): plain text in UTF-8, quoted-printable. Pure.
//
//   Message-ID: <qd-ENTRY-CREATED@domain of the sender>   the same for each attempt: a repetition can be told
//   References: <qd-INCIDENT@domain of the sender>        an incident's mails are one conversation
//   Auto-Submitted: auto-generated                        no replies from holiday responders (RFC 3834)

#include <string>
#include <string_view>

#include "notify/destination.hpp"
#include "notify/outbox.hpp"

namespace qd::notify {

/// With CRLF line ends. Whatever the message holds, the headers are these and no others.
std::string mail_of(const MailAccess& mail, const Entry& entry);

/// An unstructured header's value: as it is where that is safe, else in encoded words (RFC 2047), folded at
/// 76 characters. Control characters become spaces.
std::string encoded_header(std::string_view text);

/// RFC 2045, 6.7, of a text with LF line ends.
std::string quoted_printable(std::string_view text);

}  // namespace qd::notify
