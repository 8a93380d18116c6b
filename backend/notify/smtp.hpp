#pragma once
// Sends mail by SMTP with libcurl. Each mail has a connection of its own; with starttls `required` (the
// default) nothing is sent before it is encrypted, and the server's certificate is always checked.

#include <functional>
#include <memory>
#include <string>

#include "notify/destination.hpp"
#include "notify/outcome.hpp"

namespace qd::notify {

/// Thread-safe. One thread, named "mail", sends one mail after the other and calls the callbacks.
class SmtpSender {
public:
    using Callback = std::function<void(Outcome)>;

    SmtpSender();
    ~SmtpSender();
    SmtpSender(const SmtpSender&) = delete;
    SmtpSender& operator=(const SmtpSender&) = delete;

    /// `data` is the whole mail with CRLF line ends. All recipients or none.
    void send(MailAccess access, std::string data, Callback done);
    /// Breaks off what runs; every callback has been called when it returns. Later mails are answered with
    /// Verdict::again at once. Idempotent; not from a callback.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// `code` is libcurl's, `status` the server's last reply code (0: none), `said` its last line. A reply of 5xx
/// to the mail itself is final; 4xx, a login that is refused and everything below SMTP are tried again.
Outcome judge_mail(int code, long status, std::string_view said);

}  // namespace qd::notify
