#include <QFileDialog>

#include "app/pages/learning/learning_page.hpp"
#include "app/shell/session.hpp"
#include "core/files.hpp"

namespace qd::app {
namespace {

const QString kLearningGroup = QStringLiteral("Learning");
const QString kLearningPage = QStringLiteral("learning");

void save(Session& session, const QString& file, Done done) {
    session.learning().readTable([&session, file, done](core::Result<std::string> table) {
        if (!table) return done(tl::unexpected(table.error()));
        const QVariantMap told{{"file", file}, {"bytes", qulonglong(table->size())}};
        auto finished = deliver<bool>(&session, [told, done](core::Result<bool> result) {
            if (!result) return done(tl::unexpected(result.error()));
            done(told);
        });
        session.link().executor().post([text = std::move(*table), path = file.toStdString(), finished] {
            const auto written = core::write_file_atomically(path, text);
            if (!written) return finished(tl::unexpected(written.error()));
            finished(true);
        });
    });
}

void askWhereToSave(Session& session, QWidget* parent) {
    auto* dialog = new QFileDialog(parent, QStringLiteral("Save the intervals behind the figures"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(QStringLiteral("Tables (*.csv)"));
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("learning-%1-days.csv").arg(session.learning().filter().days));
    QObject::connect(dialog, &QFileDialog::fileSelected, &session, [&session](const QString& file) {
        session.actions().invoke("learning.save", {{"file", file}});
    });
    dialog->open();
}

}  // namespace

void addLearningActions(Session& session, DialogParent parent) {
    const auto offline = [&session] {
        return session.link().isLive() ? QString() : QStringLiteral("There is no connection to the site");
    };
    session.actions().add({.id = "learning.save",
                           .title = "Save the intervals as CSV",
                           .group = kLearningGroup,
                           .shortcut = {},
                           .run =
                               [&session](const QVariantMap& p, Done done) {
                                   const QString file = p.value("file").toString();
                                   if (file.isEmpty())
                                       return done(
                                           core::fail(core::Errc::invalid_argument, "a file is needed"));
                                   save(session, file, std::move(done));
                               },
                           .ask = [&session, parent] { askWhereToSave(session, parent()); },
                           .blocked = offline,
                           .page = kLearningPage,
                           .parameters = {"file"}});
    constexpr std::pair<int, Qt::Key> ranges[] = {
        {7, Qt::Key_1}, {30, Qt::Key_2}, {90, Qt::Key_3}, {365, Qt::Key_4}};
    for (const auto& [days, key] : ranges)
        session.actions().add({.id = QStringLiteral("learning.range.%1").arg(days),
                               .title = QStringLiteral("Learn from the last %1 days").arg(days),
                               .group = kLearningGroup,
                               .shortcut = QKeySequence(key),
                               .run =
                                   [&session, days = days](const QVariantMap&, Done done) {
                                       auto filter = session.learning().filter();
                                       filter.days = days;
                                       session.learning().setFilter(filter);
                                       done(QVariantMap{});
                                   },
                               .ask = {},
                               .blocked = {},
                               .page = kLearningPage,
                               .parameters = {}});
}

}  // namespace qd::app
