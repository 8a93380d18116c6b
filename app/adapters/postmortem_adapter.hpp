#pragma once
// The compiled post-mortem of an incident, as opsd hands it out.

#include <QByteArray>
#include <QString>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"

namespace qd::app {

/// Follows one incident's document: read anew when its journal grows.
class PostmortemAdapter : public Domain {
    Q_OBJECT

public:
    PostmortemAdapter(OpsLink& link, QObject* parent = nullptr);
    void setIncident(const QString& id);
    const QString& incident() const { return id_; }
    /// HTML for the screen.
    const QString& html() const { return html_; }
    /// The document in "md", "html" or "json".
    void read(const QString& incident, const QString& format, QObject* context,
              std::function<void(core::Result<std::string>)> done);

protected:
    void fetch() override;

private:
    OpsLink& link_;
    QString id_;
    QString html_;
};

/// An A4 PDF of the HTML, with page numbers; needs a QGuiApplication. Errc::io when the file cannot be
/// written.
core::Result<> writePdf(const QString& html, const QString& file);

}  // namespace qd::app
