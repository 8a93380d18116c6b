#include "opsclient/request_log.hpp"

#include "core/json_fields.hpp"

namespace qd::opsclient {
namespace {

constexpr std::size_t most_lines = 1'000;

core::Result<RequestLogLine> log_line_of(const nlohmann::json& value) {
    core::JsonFields fields(value);
    RequestLogLine line;
    line.at = fields.required_time("at");
    line.level = fields.text("level", 20);
    line.service = fields.text("service", 200);
    line.instance = fields.text("instance", 200);
    line.message = fields.text("message", 64u << 10);
    for (const auto& [name, field] : fields.object("fields", 100).items())
        line.fields.emplace_back(name, field.is_string() ? field.get<std::string>() : core::dump_json(field));
    return fields.finish(std::move(line));
}

core::Result<RequestSpan> log_span_of(const nlohmann::json& value) {
    core::JsonFields fields(value);
    RequestSpan span;
    span.service = fields.text("service", 200);
    span.instance = fields.text("instance", 200);
    span.name = fields.text("name", 300);
    span.trace_id = fields.text("trace_id", 200);
    span.span_id = fields.text("span_id", 200);
    span.started_at = fields.required_time("started_at");
    span.duration_ms = fields.need("duration_ms", fields.number("duration_ms"));
    span.status = fields.count("status").value_or(0);
    return fields.finish(std::move(span));
}

template <class T>
void read_each(core::JsonFields& fields, const char* key, core::Result<T> (*read)(const nlohmann::json&),
               std::vector<T>& out) {
    for (const auto& each : fields.array(key, most_lines)) {
        auto item = read(each);
        fields.merge(key, item);
        if (item) out.push_back(std::move(*item));
    }
}

}  // namespace

core::Result<RequestLog> request_log_from_json(const nlohmann::json& value) {
    core::JsonFields fields(value);
    RequestLog log;
    read_each(fields, "items", &log_line_of, log.lines);
    read_each(fields, "spans", &log_span_of, log.spans);
    log.complete = fields.flag("complete");
    log.stopped = fields.text("stopped", 100);
    core::JsonFields searched(fields.object("searched"));
    log.files = std::size_t(searched.count("files").value_or(0));
    log.bytes = searched.count("bytes").value_or(0);
    log.took_s = searched.number("took_s").value_or(0);
    fields.merge("searched", searched.finish());
    return fields.finish(std::move(log));
}

}  // namespace qd::opsclient
