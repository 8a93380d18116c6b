#pragma once
// The one document behind the form and the editor of a new rollout. Its text is what counts: the form
// rewrites it, and what stands in it is read again a moment after the last change.

#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>

#include "app/adapters/async.hpp"
#include "core/executor.hpp"
#include "rollouts/specification_remarks.hpp"

namespace qd::app {

/// UI thread. Long texts are read by the executor, which must outlive this.
class SpecificationDraft : public QObject {
    Q_OBJECT

public:
    explicit SpecificationDraft(core::Executor& executor, QObject* parent = nullptr);

    const QString& text() const { return text_; }
    /// Whether what was read is of this very text.
    bool isRead() const { return isRead_; }
    const std::vector<rollouts::Remark>& remarks() const { return reading_.remarks; }
    /// What the text means; null while it is not read, and where something is wrong in it.
    const rollouts::Specification* specification() const;
    /// Why there is no specification: "line 7: …"; empty where there is one, or none yet.
    QString problem() const;

    /// A person typed: read after a pause of 200 ms.
    void type(const QString& text);
    /// Read at once.
    void setText(const QString& text);
    /// Lets `change` loose on what the text means, and writes that. Nothing happens without a specification.
    void rewrite(const std::function<void(rollouts::Specification&)>& change);

signals:
    void textChanged(const QString& text);
    /// What stands in it, or what is wrong, is known (isRead()) or no longer.
    void readingChanged();

private:
    void readNow();
    void take(rollouts::SpecificationReading reading);

    core::Executor& executor_;
    Latest latest_;
    QTimer pause_;
    QString text_;
    bool isRead_ = false;
    rollouts::SpecificationReading reading_;
};

}  // namespace qd::app
