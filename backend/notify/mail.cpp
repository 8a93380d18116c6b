#include "notify/mail.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

namespace qd::notify {
namespace {

constexpr std::size_t max_subject_bytes = 250;
constexpr std::size_t max_plain_header = 60;    // leaves room for the header's name in 76 columns
constexpr std::size_t encoded_word_bytes = 42;  // base64 makes 56 of it: with the frame below 75
constexpr std::size_t line_columns = 76;

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && continues_character(text[end])) --end;
    return text.substr(0, end > 0 ? end : most);
}

std::string base64(std::string_view bytes) {
    std::string encoded(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(encoded.data(), encoded.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    encoded.resize(encoded.find('\0'));
    return encoded;
}

/// RFC 5322, 3.3. HTTP writes the same date with another name for the zone.
std::string mail_date(core::WallTime at) {
    std::string date = core::format_http_date(at);
    return date.replace(date.size() - 3, 3, "+0000");
}

/// What may stand left of the @ of a Message-ID.
std::string id_safe(std::string_view text) {
    std::string safe;
    for (const char c : text.substr(0, 100)) {
        const bool fine =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        safe += fine ? c : '-';
    }
    return safe;
}

}  // namespace

std::string encoded_header(std::string_view text) {
    std::string line(text);
    for (char& c : line)
        if ((c >= 0 && c < 32) || c == 127) c = ' ';
    const bool ascii = std::all_of(line.begin(), line.end(), [](char c) { return c >= 32 && c < 127; });
    if (ascii && line.size() <= max_plain_header && line.find("=?") == std::string::npos) return line;
    std::string folded;
    std::string_view rest = line;
    while (!rest.empty()) {
        const std::string_view word = cut(rest, encoded_word_bytes);
        if (!folded.empty()) folded += "\r\n ";
        folded += "=?utf-8?B?" + base64(word) + "?=";
        rest.remove_prefix(word.size());
    }
    return folded;
}

std::string quoted_printable(std::string_view text) {
    std::string encoded;
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            encoded += "\r\n";
            column = 0;
            continue;
        }
        const bool before_end = i + 1 == text.size() || text[i + 1] == '\n';
        const bool plain = (c > 32 && c < 127 && c != '=') || ((c == ' ' || c == '\t') && !before_end);
        const std::string piece =
            plain ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
        if (column + piece.size() > line_columns - 1) {
            encoded += "=\r\n";
            column = 0;
        }
        encoded += piece;
        column += piece.size();
    }
    return encoded;
}

std::string mail_of(const MailAccess& mail, const Entry& entry) {
    const Letter letter = letter_of(entry.message);
    const std::string domain = mail.from.substr(mail.from.find('@') + 1);
    const std::string incident = incident_of(entry.message);
    std::string data = fmt::format("From: <{}>\r\nTo: <{}>\r\n", mail.from, fmt::join(mail.to, ">,\r\n <"));
    data += fmt::format("Date: {}\r\n", mail_date(entry.created_at));
    data += fmt::format("Message-ID: <qd-{}-{}@{}>\r\n", entry.id,
                        entry.created_at.time_since_epoch().count(), domain);
    if (!incident.empty()) data += fmt::format("References: <qd-{}@{}>\r\n", id_safe(incident), domain);
    data += fmt::format("Subject: {}\r\n", encoded_header(cut(letter.title, max_subject_bytes)));
    data +=
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    std::string text = letter.text;
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    data += quoted_printable(text + "\n-- \n" + letter.foot + "\n");
    return data;
}

}  // namespace qd::notify
