#pragma once
// The site's processes and the series behind the tiles of the overview.

#include <QMap>
#include <string>
#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "opsclient/site.hpp"

namespace qd::app {

class SiteAdapter : public Domain {
    Q_OBJECT

public:
    SiteAdapter(OpsLink& link, QObject* parent = nullptr);
    const opsclient::Site& site() const { return site_; }

protected:
    void fetch() override;

private:
    OpsLink& link_;
    opsclient::Site site_;
};

/// The last minutes of named series, read together.
class SeriesAdapter : public Domain {
    Q_OBJECT

public:
    static constexpr int kWindowS = 300;
    static constexpr int kPoints = 150;

    SeriesAdapter(OpsLink& link, std::vector<std::string> names, QObject* parent = nullptr);
    /// Null when it was never read.
    const opsclient::Series* find(std::string_view name) const;

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<std::string> names_;
    std::vector<opsclient::Series> series_;
};

}  // namespace qd::app
