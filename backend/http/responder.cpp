#include <utility>

#include "http/server.hpp"

namespace qd::http {

Responder::Responder(Sink sink) : sink_(std::move(sink)) {}

Responder::~Responder() {
    if (sink_) send(problem(500, "the request was dropped without an answer", {}));
}

// A moved-from std::function may still hold something: exchange makes sure that only one of the two answers.
Responder::Responder(Responder&& other) noexcept : sink_(std::exchange(other.sink_, nullptr)) {}

Responder& Responder::operator=(Responder&& other) noexcept {
    if (this != &other) {
        if (sink_) send(problem(500, "the request was dropped without an answer", {}));
        sink_ = std::exchange(other.sink_, nullptr);
    }
    return *this;
}

void Responder::send(Response response) {
    if (!sink_) return;
    const Sink sink = std::exchange(sink_, nullptr);
    sink(std::move(response));
}

}  // namespace qd::http
