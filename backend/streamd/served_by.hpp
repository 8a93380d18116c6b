#pragma once
// Every answer of the origin says who gave it: X-Served-By: role/version/instance, where the role of a
// data-plane process is its arm.

#include "http/server.hpp"
#include "http/service.hpp"

namespace qd::streamd {

class ServedBy final : public http::Filter {
public:
    explicit ServedBy(const http::ServiceIdentity& identity)
        : value_(fmt::format("{}/{}/{}", identity.role, identity.version, identity.instance)) {}

    void handle(http::Request&& request, http::Responder&& responder, const http::Handler& next) override {
        const auto answer = std::make_shared<http::Responder>(std::move(responder));
        next(std::move(request), http::Responder([answer, value = value_](http::Response&& response) {
                 response.headers.set("X-Served-By", value);
                 answer->send(std::move(response));
             }));
    }

private:
    const std::string value_;
};

}  // namespace qd::streamd
