#include "opsclient/client.hpp"

#include "core/json_fields.hpp"
#include "opsclient/client_impl.hpp"
#include "slo/codec.hpp"

namespace qd::opsclient {
namespace {

using http::Method;
using nlohmann::json;

constexpr std::chrono::milliseconds reads_take_at_most{10'000};
constexpr std::chrono::milliseconds writes_take_at_most{30'000};
constexpr std::chrono::milliseconds before_another_try{300};

std::string segment(std::string_view id) {
    return "/" + http::percent_encode(id);
}

std::string span(core::WallTime from, core::WallTime to, int points) {
    return fmt::format("from={}&to={}&points={}", core::format_rfc3339(from), core::format_rfc3339(to),
                       points);
}

core::Result<chaos::Fault> fault_from_json(const json& value) {
    return chaos::parse_fault(value.dump());
}

}  // namespace

http::ClientRequest Client::Impl::request(Method method, const std::string& path, std::string body) const {
    http::ClientRequest request;
    request.method = method;
    request.url = endpoint.base_url + "/api/v1" + path;
    request.headers.set("Authorization", "Bearer " + endpoint.token);
    request.headers.set("Accept", "application/json");
    if (!body.empty()) request.headers.set("Content-Type", "application/json");
    request.body = std::move(body);
    request.timeout = reads_take_at_most;
    return request;
}

http::ClientRequest Client::Impl::write(Method method, const std::string& path, std::string body,
                                        std::optional<std::uint64_t> expected_version) const {
    http::ClientRequest written = request(method, path, std::move(body));
    written.headers.set("Idempotency-Key", random.hex(16));
    if (expected_version) written.headers.set("If-Match", fmt::format("\"{}\"", *expected_version));
    written.timeout = writes_take_at_most;
    return written;
}

void Client::Impl::send(http::ClientRequest request, Answered done, int attempts_left) {
    http::ClientRequest sent = request;
    http.send(std::move(sent), [self = shared_from_this(), request = std::move(request),
                                done = std::move(done),
                                attempts_left](core::Result<http::ClientResponse> response) mutable {
        const std::lock_guard lock(self->mutex);
        if (!self->alive) return;
        const bool safe = request.method == Method::get || request.headers.has("Idempotency-Key");
        if (!response && response.error().code == core::Errc::unavailable && safe && attempts_left > 0) {
            self->executor.post_after(before_another_try, [self, request = std::move(request),
                                                           done = std::move(done), attempts_left]() mutable {
                const std::lock_guard relock(self->mutex);
                if (self->alive) self->send(std::move(request), std::move(done), attempts_left - 1);
            });
            return;
        }
        if (response && response->status == 412)
            return done(
                core::fail(core::Errc::precondition_failed, "somebody else has changed it meanwhile"));
        done(http::expect_success(std::move(response)));
    });
}

Client::Client(Endpoint endpoint, http::Client& client, core::Executor& executor, core::Random& random)
    : endpoint_(std::move(endpoint)) {
    while (endpoint_.base_url.ends_with('/')) endpoint_.base_url.pop_back();
    impl_ = std::make_shared<Impl>(endpoint_, client, executor, random);
}

Client::~Client() {
    const std::lock_guard lock(impl_->mutex);
    impl_->alive = false;
}

void Client::site(Callback<Site> done) {
    impl_->call(impl_->request(Method::get, "/site"), std::move(done), from_json(&site_from_json));
}

void Client::slos(Callback<std::vector<slo::Status>> done) {
    impl_->call(impl_->request(Method::get, "/slos"), std::move(done), items(&slo::status_from_json));
}

void Client::slo(const slo::SloId& id, Callback<slo::Status> done) {
    impl_->call(impl_->request(Method::get, "/slos" + segment(id.value)), std::move(done),
                from_json(&slo::status_from_json));
}

void Client::sources(Callback<std::vector<Source>> done) {
    impl_->call(impl_->request(Method::get, "/sources"), std::move(done), items(&source_from_json));
}

void Client::slo_history(const slo::SloId& id, core::WallTime from, core::WallTime to, int points,
                         Callback<slo::History> done) {
    impl_->call(
        impl_->request(Method::get, "/slos" + segment(id.value) + "/history?" + span(from, to, points)),
        std::move(done), from_json(&slo::history_from_json));
}

void Client::alerts(Callback<std::vector<slo::Alert>> done) {
    impl_->call(impl_->request(Method::get, "/alerts"), std::move(done), items(&slo::alert_from_json));
}

void Client::exclusions(Callback<std::vector<slo::Exclusion>> done) {
    impl_->call(impl_->request(Method::get, "/exclusions"), std::move(done),
                items(&slo::exclusion_from_json));
}

void Client::add_exclusion(const slo::Exclusion& exclusion, Callback<slo::Exclusion> done) {
    impl_->call(impl_->write(Method::post, "/exclusions", core::dump_json(slo::to_json(exclusion))),
                std::move(done), from_json(&slo::exclusion_from_json));
}

void Client::remove_exclusion(const slo::ExclusionId& id, Callback<void> done) {
    impl_->send(impl_->write(Method::del, "/exclusions" + segment(id.value), {}),
                [done = std::move(done)](core::Result<http::ClientResponse> response) {
                    if (!response) return done(core::Failure(response.error()));
                    done({});
                });
}

void Client::series(std::string_view name, core::WallTime from, core::WallTime to, int points,
                    Callback<Series> done) {
    impl_->call(impl_->request(Method::get, fmt::format("/series?name={}&{}", http::percent_encode(name),
                                                        span(from, to, points))),
                std::move(done), from_json(&series_from_json));
}

void Client::dashboards(Callback<Dashboards> done) {
    impl_->call(impl_->request(Method::get, "/dashboards"), std::move(done),
                from_json(&dashboards_from_json));
}

void Client::panel_series(const dashboards::DashboardId& id, std::size_t number, core::WallTime from,
                          core::WallTime to, int points, Callback<PanelCurves> done) {
    impl_->call(impl_->request(Method::get, fmt::format("/dashboards{}/panels/{}/series?{}",
                                                        segment(id.value), number, span(from, to, points))),
                std::move(done), from_json(&panel_curves_from_json));
}

void Client::postmortem(const incidents::IncidentId& id, std::string_view format,
                        Callback<std::string> done) {
    const std::string path =
        fmt::format("/incidents{}/postmortem?format={}", segment(id.value), http::percent_encode(format));
    impl_->call<std::string>(impl_->request(Method::get, path), std::move(done),
                             [](const std::string& text) -> core::Result<std::string> { return text; });
}

void Client::faults(Callback<std::vector<chaos::Fault>> done) {
    impl_->call(impl_->request(Method::get, "/chaos/faults"), std::move(done), items(&fault_from_json));
}

void Client::faults_with_past(Callback<std::vector<chaos::Fault>> done) {
    impl_->call(impl_->request(Method::get, "/chaos/faults?past=true"), std::move(done),
                items(&fault_from_json));
}

void Client::apply_fault(const chaos::Fault& fault, Callback<chaos::Fault> done) {
    impl_->call(impl_->write(Method::post, "/chaos/faults", chaos::to_json(fault)), std::move(done),
                from_json(&fault_from_json));
}

void Client::remove_fault(const chaos::FaultId& id, Callback<void> done) {
    impl_->send(impl_->write(Method::del, "/chaos/faults" + segment(id.value), {}),
                [done = std::move(done)](core::Result<http::ClientResponse> response) {
                    if (!response) return done(core::Failure(response.error()));
                    done({});
                });
}

}  // namespace qd::opsclient
