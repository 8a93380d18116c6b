#include "app/adapters/thumbnail_adapter.hpp"

#include <cmath>

#include "app/adapters/async.hpp"
#include "app/adapters/frame_mailbox.hpp"

namespace qd::app {

ThumbnailAdapter::ThumbnailAdapter(OpsLink& link, QObject* parent) : QObject(parent), link_(link) {}

ThumbnailAdapter::~ThumbnailAdapter() = default;

void ThumbnailAdapter::open(const QString& url, const player::SessionOptions& options) {
    url_ = url;
    options_ = options;
    // The player's session is its own: what is looked at here is not what a viewer saw.
    options_.session_id.clear();
    isOpen_ = false;
    if (thumbnails_) thumbnails_->close();
}

void ThumbnailAdapter::request(qint64 positionMs, int width) {
    if (url_.isEmpty()) return;
    if (!thumbnails_) {
        const QPointer<QObject> guard(this);
        transport_ = std::make_unique<player::HttpTransport>(link_.http());
        thumbnails_ = std::make_unique<decode::Thumbnails>(
            *transport_,
            [this, guard](core::Seconds at, decode::VideoFrame frame) {
                onUiThread(guard, [this, at, frame = std::move(frame)] {
                    const QImage picture = imageOf(frame);
                    if (isOpen_ && !picture.isNull())
                        emit arrived(qint64(std::lround(at.count() * 1000)), picture);
                });
            },
            [this, guard](core::Seconds, const core::Error& error) {
                onUiThread(guard, [this, error] {
                    if (isOpen_ && error.code != core::Errc::cancelled)
                        emit failed(QString::fromStdString(error.message));
                });
            });
    }
    if (!std::exchange(isOpen_, true)) thumbnails_->open(url_.toStdString(), options_);
    thumbnails_->request(core::Seconds(double(positionMs) / 1000), width);
}

}  // namespace qd::app
