#include "app/tour/wire_reader.hpp"

#include <QEventLoop>
#include <QMetaObject>
#include <atomic>

namespace qd::app {

std::string WireReader::text(const std::string& url) {
    http::ClientRequest request;
    request.url = url;
    request.headers = {{"Authorization", "Bearer " + token_}};
    request.timeout = std::chrono::seconds(5);
    core::Result<http::ClientResponse> answer;
    std::atomic<bool> answered = false;
    QEventLoop loop;
    client_.send(std::move(request), [&](core::Result<http::ClientResponse> response) {
        answer = http::expect_success(std::move(response));
        QMetaObject::invokeMethod(
            &loop,
            [&] {
                answered = true;
                loop.quit();
            },
            Qt::QueuedConnection);
    });
    // The end of the program ends loops early; the callback still needs what stands here.
    while (!answered) loop.exec();
    return answer ? std::move(answer->body) : std::string();
}

nlohmann::json WireReader::get(const std::string& url) {
    auto value = nlohmann::json::parse(text(url), nullptr, false);
    return value.is_discarded() ? nlohmann::json() : value;
}

}  // namespace qd::app
