#pragma once
// Texts with placeholders: "{{title}} since {{started}}". Nothing else is special, nothing is executed, and
// what is put in is not looked at again. Pure.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::status {

inline constexpr std::size_t max_template_bytes = 8 << 10;
inline constexpr std::size_t max_placeholders = 200;       // in one template
inline constexpr std::size_t max_filled_bytes = 16 << 10;  // what an incident's journal takes

using Values = std::map<std::string, std::string, std::less<>>;

class Template {
public:
    /// Errc::invalid_argument with the line: a placeholder that is not among `known` (it is named, and so are
    /// those there are), one that does not end, a text that is empty, too long or holds too many. Spaces
    /// around a name do not matter.
    static core::Result<Template> parse(std::string_view text, std::span<const std::string_view> known);

    /// Errc::too_large beyond max_filled_bytes; Errc::invalid_argument for a placeholder without a value.
    core::Result<std::string> fill(const Values& values) const;

    const std::string& text() const { return text_; }
    bool operator==(const Template& other) const { return text_ == other.text_; }

private:
    struct Piece {
        std::string text;  // of a placeholder its name
        bool placeholder = false;
    };
    std::string text_;
    std::vector<Piece> pieces_;
};

}  // namespace qd::status
