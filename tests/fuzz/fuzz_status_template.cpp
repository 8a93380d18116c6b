// Templates from a configuration file: what is accepted fills without placeholders left, within its limit,
// and holds every value it names.

#include <cstdlib>
#include <string_view>

#include "fuzz/target.hpp"
#include "status/draft.hpp"

namespace status = qd::status;

std::vector<std::string> qd::fuzz::seeds() {
    return {
        "{{severity}} {{incident}}: {{title}} ({{state}})\nImpact: {{impact}}\nNext update: {{ next_update "
        "}}.",
        "{{title}}{{title}}{{title}}", "{{ }} }} {{ {{title}} }}", "{{nothing}}", "plain {text} {{started}}"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto made = status::Template::parse(text, status::placeholder_names());
    if (!made) {
        if (made.error().message.empty()) std::abort();
        return 0;
    }
    status::Values values;
    for (const std::string_view name : status::placeholder_names()) values.emplace(name, "{{title}}");
    const auto filled = made->fill(values);
    if (!filled) return 0;
    if (filled->size() > status::max_filled_bytes) std::abort();
    // With values that hold nothing special only what stood there without a name is left.
    for (auto& [name, value] : values) value = "v";
    const auto plain = made->fill(values);
    if (!plain || plain->find("{{") != std::string::npos) std::abort();
    return 0;
}
