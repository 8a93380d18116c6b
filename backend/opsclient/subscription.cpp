#include <algorithm>

#include "http/event_stream.hpp"
#include "opsclient/client_impl.hpp"
#include "slo/codec.hpp"

namespace qd::opsclient {
namespace {

using nlohmann::json;

/// {"seq","at","type","subject","body"}
std::optional<std::pair<Event, json>> read_event(const http::ServerSentEvent& sent) {
    json value = json::parse(sent.data, nullptr, false);
    if (!value.is_object() || !value.contains("body")) return std::nullopt;
    Event event;
    const auto seq = value.find("seq"), at = value.find("at"), type = value.find("type"),
               subject = value.find("subject");
    if (seq == value.end() || !seq->is_number_unsigned() || at == value.end() || !at->is_string() ||
        type == value.end() || !type->is_string())
        return std::nullopt;
    event.seq = seq->get<std::uint64_t>();
    const auto time = core::parse_rfc3339(at->get_ref<const std::string&>());
    if (!time) return std::nullopt;
    event.at = *time;
    event.type = type->get<std::string>();
    if (subject != value.end() && subject->is_string()) event.subject = subject->get<std::string>();
    return std::pair(std::move(event), std::move(value["body"]));
}

}  // namespace

/// Compact statuses need whole ones to be laid over: those are read at each (re)connection, and again when
/// the objectives have changed.
struct Subscription::Impl : std::enable_shared_from_this<Subscription::Impl> {
    Impl(std::shared_ptr<Client::Impl> shared, EventHandlers given)
        : client(std::move(shared)), handlers(std::move(given)) {}

    void start() {
        http::Headers headers;
        headers.set("Authorization", "Bearer " + client->endpoint.token);
        http::EventSource::Callbacks callbacks;
        // The source lives in this object and runs none of these after its destructor.
        callbacks.on_event = [this](http::ServerSentEvent event) { received(event); };
        callbacks.on_open = [this] {
            const std::lock_guard lock(mutex);
            if (ended) return;
            if (handlers.on_open) handlers.on_open();
            read_statuses();
        };
        callbacks.on_closed = [this](const core::Error& error) {
            const std::lock_guard lock(mutex);
            if (!ended && handlers.on_closed) handlers.on_closed(error);
        };
        source = std::make_unique<http::EventSource>(client->http, client->executor,
                                                     client->endpoint.base_url + "/api/v1/events",
                                                     std::move(headers), std::move(callbacks));
    }

    void read_statuses() {
        if (!handlers.on_slos || reading) return;
        reading = true;
        client->call<std::vector<slo::Status>>(
            client->request(http::Method::get, "/slos"),
            [weak = weak_from_this()](core::Result<std::vector<slo::Status>> read) {
                const auto self = weak.lock();
                if (!self) return;
                const std::lock_guard lock(self->mutex);
                self->reading = false;
                if (self->ended || !read) return;  // the next event tries again
                self->statuses = std::move(*read);
                self->handlers.on_slos(self->statuses);
            },
            items(&slo::status_from_json));
    }

    void received(const http::ServerSentEvent& sent) {
        const std::lock_guard lock(mutex);
        if (ended) return;
        if (sent.type == "reset") {
            if (handlers.on_reset) handlers.on_reset();
            return read_statuses();
        }
        auto read = read_event(sent);
        if (!read) return;
        auto& [event, body] = *read;
        if (event.type == "slo") return update_statuses(body);
        if (event.type == "alert") {
            const auto alert = slo::alert_from_json(body);
            if (alert && handlers.on_alert) handlers.on_alert(*alert);
            return;
        }
        event.body = body.dump();
        if (handlers.on_event) handlers.on_event(event);
    }

    void update_statuses(const json& body) {
        if (!handlers.on_slos) return;
        const auto list = body.is_object() ? body.find("slos") : body.end();
        if (!body.is_object() || list == body.end() || !list->is_array()) return;
        bool known = list->size() == statuses.size() && !statuses.empty();
        for (const json& compact : *list) {
            const std::string id = compact.is_object() && compact.contains("id") && compact["id"].is_string()
                                       ? compact["id"].get<std::string>()
                                       : "";
            const auto at = std::find_if(statuses.begin(), statuses.end(), [&](const slo::Status& status) {
                return status.objective.id.value == id;
            });
            known = known && at != statuses.end() && slo::apply_compact(compact, *at);
        }
        if (!known) return read_statuses();
        handlers.on_slos(statuses);
    }

    std::shared_ptr<Client::Impl> client;
    EventHandlers handlers;
    std::recursive_mutex mutex;
    std::vector<slo::Status> statuses;
    bool reading = false;
    bool ended = false;
    std::unique_ptr<http::EventSource> source;
};

Subscription::~Subscription() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->ended = true;
    }
    impl_->source.reset();
}

std::unique_ptr<Subscription> Client::subscribe(EventHandlers handlers) {
    auto subscription = std::make_shared<Subscription::Impl>(impl_, std::move(handlers));
    subscription->start();
    return std::make_unique<Subscription>(std::move(subscription));
}

}  // namespace qd::opsclient
