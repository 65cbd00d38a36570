"""What the operating system refuses, in both languages: for every message about a file that cannot be opened."""

from __future__ import annotations

import errno

from intake.text import Text, apart

SYSTEM = {
    errno.ENOENT: "الملف أو المجلد غير موجود",
    errno.EACCES: "لا إذن بالوصول إليه",
    errno.EPERM: "لا إذن بهذه العملية",
    errno.EEXIST: "موجود من قبل",
    errno.EISDIR: "مجلد، والمطلوب ملف",
    errno.ENOTDIR: "ليس مجلدًا",
    errno.ENOTEMPTY: "المجلد ليس فارغًا",
    errno.ENOSPC: "لا مساحة خالية على القرص",
    errno.EROFS: "القرص للقراءة فقط",
    errno.EADDRINUSE: "العنوان مستخدَم",
    errno.ENAMETOOLONG: "الاسم أطول من الحد",
}
"""What it says, by its number; the English is the system's own."""


def refused(error: OSError) -> Text:
    """Why, as a part of a sentence that names the file."""
    told = str(error.strerror or error)
    return Text(en=told, ar=SYSTEM.get(error.errno or 0, apart(told)))
