#pragma once
// md4c's callbacks as one object's methods, with the room's limits. Internal to this room.

#include <md4c.h>

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "markdown/read.hpp"

namespace qd::markdown {

class Sink {
public:
    virtual ~Sink() = default;
    virtual void enter_block(MD_BLOCKTYPE type, void* detail) = 0;
    virtual void leave_block(MD_BLOCKTYPE type, void* detail) = 0;
    virtual void enter_span(MD_SPANTYPE type, void* detail) = 0;
    virtual void leave_span(MD_SPANTYPE type, void* detail) = 0;
    virtual void text(MD_TEXTTYPE type, std::string_view text) = 0;
};

/// Errc::too_large beyond the limits of read.hpp.
core::Result<> parse(std::string_view text, Sink& sink);

/// An entity as UTF-8: numeric ones and the five of XML; anything else stays as written.
std::string decode_entity(std::string_view entity);
/// An attribute (a link's target, a title) as it is meant.
std::string decode_attribute(const MD_ATTRIBUTE& attribute);

}  // namespace qd::markdown
