#include "app/pages/incidents/attachments.hpp"

#include <QBuffer>
#include <QDialog>
#include <QFileDialog>
#include <QImageReader>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "core/files.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr std::uint64_t kMostFileBytes = 20u << 20;
constexpr int kMostSide = 16'000;

incidents::IncidentId idOf(const QString& id) {
    return incidents::IncidentId(id.toStdString());
}

core::Result<QImage> decoded(const std::string& bytes) {
    QByteArray data = QByteArray::fromRawData(bytes.data(), qsizetype(bytes.size()));
    QBuffer buffer(&data);
    QImageReader reader(&buffer);
    reader.setDecideFormatFromContent(true);
    const QSize size = reader.size();
    if (size.width() > kMostSide || size.height() > kMostSide)
        return core::fail(core::Errc::too_large, "the image has {} x {} pixels: save it to look at it",
                          size.width(), size.height());
    QImage image = reader.read();
    if (image.isNull())
        return core::fail(core::Errc::unprocessable, "the image cannot be read: {}",
                          reader.errorString().toStdString());
    return image;
}

void showProblem(QWidget* parent, const QString& what, const core::Error& error) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(what);
    auto* column = new QVBoxLayout(dialog);
    column->addWidget(new InlineNotice({State::Bad, what, str(error.message), {}, {}, false}, dialog));
    dialog->open();
}

}  // namespace

void attachBytes(Session& session, const QString& incident, const QString& name, const QString& text,
                 QByteArray bytes, Done done) {
    if (!session.link().client()) return done(notConnected());
    session.link().client()->attach_file(
        idOf(incident), name.toStdString(), text.toStdString(), bytes.toStdString(),
        deliver<incidents::Event>(
            &session, [&session, incident, done = std::move(done)](core::Result<incidents::Event> event) {
                session.timeline().refresh();
                session.incidents().refresh();
                if (!event) return done(tl::unexpected(event.error()));
                done(QVariantMap{{QStringLiteral("incident"), incident},
                                 {QStringLiteral("seq"), qulonglong(event->seq)}});
            }));
}

void attachFile(Session& session, const QString& incident, const QString& path, const QString& text,
                Done done) {
    auto read = deliver<std::string>(
        &session, [&session, incident, path, text, done = std::move(done)](core::Result<std::string> bytes) {
            if (!bytes) return done(tl::unexpected(bytes.error()));
            attachBytes(session, incident, path.section(QLatin1Char('/'), -1), text,
                        QByteArray::fromStdString(*bytes), done);
        });
    session.link().executor().post([read, file = std::filesystem::path(path.toStdString())] {
        read(core::read_file(file, kMostFileBytes));
    });
}

void viewAttachment(Session& session, QWidget* parent, const QString& incident,
                    const incidents::Event& attachment) {
    if (!session.link().client())
        return showProblem(parent, QStringLiteral("The image cannot be shown"), notConnected().value());
    const QString title = str(attachment.body.title);
    auto shown = deliver<QImage>(parent, [parent, title](core::Result<QImage> image) {
        if (!image) return showProblem(parent, QStringLiteral("The image cannot be shown"), image.error());
        auto* dialog = new QDialog(parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setWindowTitle(title);
        auto* column = new QVBoxLayout(dialog);
        auto* scroll = new QScrollArea(dialog);
        auto* picture = new QLabel(scroll);
        picture->setPixmap(QPixmap::fromImage(*image));
        picture->setAccessibleName(title);
        scroll->setWidget(picture);
        column->addWidget(scroll);
        dialog->resize(std::min(1'200, image->width() + 80), std::min(800, image->height() + 80));
        dialog->open();
    });
    session.link().client()->attached_file(idOf(incident), attachment.body.subject,
                                           [shown](core::Result<std::string> bytes) {
                                               if (!bytes) return shown(core::Failure(bytes.error()));
                                               shown(decoded(*bytes));
                                           });
}

void saveAttachment(Session& session, QWidget* parent, const QString& incident,
                    const incidents::Event& attachment) {
    const QString target = QFileDialog::getSaveFileName(parent, QStringLiteral("Save the attached file"),
                                                        str(attachment.body.title));
    if (target.isEmpty()) return;
    if (!session.link().client())
        return showProblem(parent, QStringLiteral("The file cannot be saved"), notConnected().value());
    auto told = deliver<void>(parent, [parent](core::Result<> saved) {
        if (!saved) showProblem(parent, QStringLiteral("The file cannot be saved"), saved.error());
    });
    core::Executor& executor = session.link().executor();
    session.link().client()->attached_file(
        idOf(incident), attachment.body.subject,
        [told, &executor,
         file = std::filesystem::path(target.toStdString())](core::Result<std::string> bytes) {
            if (!bytes) return told(core::Failure(bytes.error()));
            executor.post([told, file, bytes = std::move(*bytes)] {
                told(core::write_file_atomically(file, bytes, 0600));
            });
        });
}

}  // namespace qd::app
