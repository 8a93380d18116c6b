#include "postmortems/template.hpp"

#include <algorithm>

#include "markdown/read.hpp"
#include "postmortems/placeholders.hpp"

namespace qd::postmortems {
namespace {

std::string_view stripped(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Takes the guidance off the beginning of a section.
core::Result<> take_guidance(std::string& text, std::string& guidance) {
    const std::string_view bare = stripped(text);
    if (!bare.starts_with("<!--")) return {};
    const auto end = bare.find("-->");
    if (end == std::string_view::npos)
        return core::fail(core::Errc::invalid_argument, "the guidance has no -->");
    guidance = stripped(bare.substr(4, end - 4));
    if (guidance.size() > 4'000)
        return core::fail(core::Errc::invalid_argument, "the guidance is longer than 4,000 bytes");
    text = stripped(bare.substr(end + 3));
    return {};
}

struct OpenSection {
    std::string title;
    std::string text;
    std::size_t line = 0;
};

}  // namespace

core::Result<Template> parse_template(std::string_view text, std::string name, std::string origin) {
    using core::Errc;
    if (text.size() > max_template_bytes)
        return core::fail(Errc::too_large, "{}: a template has at most {} KiB", origin,
                          max_template_bytes >> 10);
    if (const auto wrong = misuses(text); !wrong.empty())
        return core::fail(Errc::invalid_argument, "{}:{}: {}", origin, wrong.front().line,
                          wrong.front().what);
    Template read;
    read.title = read.name = std::move(name);
    read.origin = std::move(origin);
    std::vector<OpenSection> sections;
    bool fenced = false;
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("```") || line.starts_with("~~~")) fenced = !fenced;
        if (!fenced && line.starts_with("## ")) {
            sections.push_back({std::string(stripped(line.substr(3))), {}, number});
            if (sections.back().title.size() > 300)
                return core::fail(Errc::invalid_argument, "{}:{}: a heading has at most 300 bytes",
                                  read.origin, number);
        } else if (!sections.empty()) {
            sections.back().text.append(line).append("\n");
        } else if (!fenced && line.starts_with("# ")) {
            read.title = std::string(stripped(line.substr(2))).substr(0, 300);
        } else if (!stripped(line).empty()) {
            return core::fail(Errc::invalid_argument,
                              "{}:{}: before the first section (## …) only a title (# …) may stand",
                              read.origin, number);
        }
    }
    if (sections.empty())
        return core::fail(Errc::invalid_argument, "{}:1: there is no section (## …)", read.origin);
    if (sections.size() > max_sections)
        return core::fail(Errc::too_large, "{}:{}: more than {} sections", read.origin,
                          sections[max_sections].line, max_sections);
    for (OpenSection& open : sections) {
        TemplateSection section;
        section.id = markdown::anchor_of(open.title).substr(0, 60);
        section.title = std::move(open.title);
        if (auto taken = take_guidance(open.text, section.guidance); !taken)
            return core::fail(Errc::invalid_argument, "{}:{}: {}", read.origin, open.line,
                              taken.error().message);
        section.text = stripped(open.text);
        if (section.text.size() > max_section_bytes)
            return core::fail(Errc::too_large, "{}:{}: the section has more than {} KiB", read.origin,
                              open.line, max_section_bytes >> 10);
        if (std::ranges::find(read.sections, section.id, &TemplateSection::id) != read.sections.end())
            return core::fail(Errc::invalid_argument, "{}:{}: there is a section '{}' already", read.origin,
                              open.line, section.title);
        read.sections.push_back(std::move(section));
    }
    return read;
}

core::Result<Template> find_template(std::span<const Template> templates, std::string_view name) {
    std::string known;
    const Template* broken = nullptr;
    for (const Template& each : templates) {
        if (each.problem.empty()) {
            if (each.name == name) return each;
            known += (known.empty() ? "" : ", ") + each.name;
        } else if (each.name == name) {
            broken = &each;
        }
    }
    if (broken != nullptr) return core::fail(core::Errc::invalid_argument, "{}", broken->problem);
    return core::fail(core::Errc::not_found, "there is no template '{}'; there are {}", name.substr(0, 60),
                      known);
}

}  // namespace qd::postmortems
