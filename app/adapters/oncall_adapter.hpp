#pragma once
// Who is on call, kept current by opsd's events.

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "oncall/picture.hpp"

namespace qd::app {

class OncallAdapter : public Domain {
    Q_OBJECT

public:
    explicit OncallAdapter(OpsLink& link, QObject* parent = nullptr);

    const oncall::Picture& picture() const { return picture_; }
    /// Those on call now for a service's incidents, each once, in the order in which they are called.
    std::vector<oncall::Shift> peopleFor(const std::string& service) const;

protected:
    void fetch() override;

private:
    OpsLink& link_;
    oncall::Picture picture_;
};

}  // namespace qd::app
