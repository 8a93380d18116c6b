#include "core/json_fields.hpp"
#include "opsclient/client_impl.hpp"

namespace qd::opsclient {
namespace {

using http::Method;
using nlohmann::json;

core::Result<Alertmanager> alertmanager_from_json(const json& value) {
    core::JsonFields fields(value);
    Alertmanager peer;
    peer.name = fields.text("name", 200);
    peer.url = fields.text("url");
    peer.answered_at = fields.time("answered_at");
    peer.error = fields.text("error");
    return fields.finish(std::move(peer));
}

core::Result<incidents::SeverityAdvice> advice_from_json(const json& value) {
    core::JsonFields fields(value);
    incidents::SeverityAdvice advice;
    const auto severity =
        incidents::severity_from(int(std::min<std::uint64_t>(fields.count("severity").value_or(0), 100)));
    advice.severity = fields.need("severity", severity);
    for (const json& reason : fields.array("reasons", 1'000)) {
        if (!reason.is_string()) {
            fields.refuse("reasons", "hold something else than text");
            break;
        }
        advice.reasons.push_back(reason.get<std::string>());
    }
    return fields.finish(std::move(advice));
}

std::string silence_path(const silences::Silence& silence, const char* tail) {
    return fmt::format("/silences/{}{}?source={}", http::percent_encode(silence.id.value), tail,
                       http::percent_encode(silence.source));
}

}  // namespace

void Client::all_alerts(Callback<std::vector<silences::Alert>> done) {
    impl_->call(impl_->request(Method::get, "/alerts/all"), std::move(done),
                items(&silences::alert_from_json));
}

void Client::list_silences(Callback<std::vector<silences::ListedSilence>> done) {
    impl_->call(impl_->request(Method::get, "/silences"), std::move(done),
                items(&silences::listed_silence_from_json));
}

void Client::create_silence(const silences::NewSilence& silence, Callback<silences::ListedSilence> done) {
    impl_->call(impl_->write(Method::post, "/silences", silences::encode(silence)), std::move(done),
                from_json(&silences::listed_silence_from_json));
}

void Client::extend_silence(const silences::Silence& silence, std::chrono::seconds longer,
                            const std::string& reason, Callback<silences::ListedSilence> done) {
    const json body{{"duration_s", longer.count()}, {"reason", reason}};
    impl_->call(impl_->write(Method::post, silence_path(silence, "/extend"), core::dump_json(body)),
                std::move(done), from_json(&silences::listed_silence_from_json));
}

void Client::expire_silence(const silences::Silence& silence, const std::string& reason,
                            Callback<silences::ListedSilence> done) {
    impl_->call(
        impl_->write(Method::del, silence_path(silence, "") + "&reason=" + http::percent_encode(reason), {}),
        std::move(done), from_json(&silences::listed_silence_from_json));
}

void Client::alertmanagers(Callback<std::vector<Alertmanager>> done) {
    impl_->call(impl_->request(Method::get, "/alertmanagers"), std::move(done),
                items(&alertmanager_from_json));
}

void Client::severity_advice(const incidents::IncidentId& id, Callback<incidents::SeverityAdvice> done) {
    impl_->call(impl_->request(Method::get, "/incidents/" + http::percent_encode(id.value) + "/advice"),
                std::move(done), from_json(&advice_from_json));
}

}  // namespace qd::opsclient
