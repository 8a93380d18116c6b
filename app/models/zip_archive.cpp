#include "app/models/zip_archive.hpp"

#include <QDateTime>
#include <array>

namespace qd::app {
namespace {

quint32 crc32(const QByteArray& bytes) {
    static const std::array<quint32, 256> table = [] {
        std::array<quint32, 256> made{};
        for (quint32 i = 0; i < 256; ++i) {
            quint32 value = i;
            for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xEDB88320u : 0u);
            made[i] = value;
        }
        return made;
    }();
    quint32 sum = 0xFFFFFFFFu;
    for (const char byte : bytes) sum = table[(sum ^ quint8(byte)) & 0xFF] ^ (sum >> 8);
    return ~sum;
}

class Writer {
public:
    Writer& u16(quint32 value) {
        bytes.append(char(value & 0xFF)).append(char(value >> 8 & 0xFF));
        return *this;
    }
    Writer& u32(quint32 value) { return u16(value & 0xFFFF).u16(value >> 16); }

    QByteArray bytes;
};

}  // namespace

QByteArray zipOf(const QVector<NamedBytes>& files, qint64 atMs) {
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(atMs);
    const int year = std::max(1980, at.date().year());
    const quint32 date = quint32((year - 1980) << 9 | at.date().month() << 5 | at.date().day());
    const quint32 time = quint32(at.time().hour() << 11 | at.time().minute() << 5 | at.time().second() / 2);
    constexpr quint32 kVersion = 20, kUtf8Names = 0x0800, kStored = 0;
    Writer out, directory;
    for (const NamedBytes& file : files) {
        const QByteArray name = file.name.toUtf8();
        const quint32 crc = crc32(file.bytes), size = quint32(file.bytes.size());
        const auto offset = quint32(out.bytes.size());
        const auto common = [&](Writer& to) {
            to.u16(kVersion).u16(kUtf8Names).u16(kStored).u16(time).u16(date);
            to.u32(crc).u32(size).u32(size).u16(quint32(name.size())).u16(0);
        };
        out.u32(0x04034B50);
        common(out);
        out.bytes += name + file.bytes;
        directory.u32(0x02014B50).u16(kVersion);
        common(directory);
        directory.u16(0).u16(0).u16(0).u32(0).u32(offset);
        directory.bytes += name;
    }
    const auto begin = quint32(out.bytes.size());
    const auto count = quint32(files.size());
    out.bytes += directory.bytes;
    out.u32(0x06054B50).u16(0).u16(0).u16(count).u16(count);
    out.u32(quint32(directory.bytes.size())).u32(begin).u16(0);
    return out.bytes;
}

}  // namespace qd::app
