#include "record/formats.hpp"

#include <gtest/gtest.h>

namespace moot::record {
namespace {

TEST(Formats, TakeWebAddresses) {
  for (const auto* good :
       {"http://example.com", "https://example.org/a/b?c=d&e#f", "HTTP://e.org", "mailto:a@b.co",
        "http://user:word@host:80/", "urn:isbn:123", "https://e.org/%20a", "tel:+44-1632-960123",
        "http://[2001:db8::1]:8080/", "http://[v1.x]/", "http://", "file:///a"}) {
    EXPECT_TRUE(is_uri(good)) << good;
  }
  for (const auto* bad :
       {"", "x", "www.example.org", "//example.org", ":", "http:", "1http://e.org",
        "http://e.org/a b", "http://e.org/%2", "http://e.org/%zz", "http://[::1",
        "http://[1.2.3.4]/", "http://h:8a/", "http://e.org/#a#b", "http://e.org/\xc3\xa9",
        "http://e.org/<", "ht tp://e.org", "http://[v.x]/"}) {
    EXPECT_FALSE(is_uri(bad)) << bad;
  }
}

TEST(Formats, TakeEmailAddresses) {
  for (const auto* good :
       {"a@b.co", "office.two+x@sub-domain.example.org", "o'neill@example.co.uk"}) {
    EXPECT_TRUE(is_email(good)) << good;
  }
  for (const auto* bad : {"", "@", "a@", "@b.co", "a@b", "a@b.", "a@.b.co", "a@b..co", "a@-b.co",
                          "a@b-.co", "a@b.co-", ".a@b.co", "a.@b.co", "a..b@b.co", "a b@b.co",
                          "a@b@c.co", "a@b.co ", "\"a\"@b.co", "a@b_c.co"}) {
    EXPECT_FALSE(is_email(bad)) << bad;
  }
}

TEST(Formats, TakeDaysOfTheCalendar) {
  for (const auto* good : {"2024-02-29", "2000-02-29", "1999-12-31", "0000-01-01"})
    EXPECT_TRUE(is_date(good)) << good;
  for (const auto* bad : {"", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00",
                          "2024-04-31", "2024-1-1", "24-01-01", "01/02/2024",
                          "2024-01-01T00:00:00Z", "2024-01-01 ", "2024-0a-01"}) {
    EXPECT_FALSE(is_date(bad)) << bad;
  }
}

TEST(Formats, TakeDaysWithTimeAndZone) {
  for (const auto* good :
       {"2023-03-15T10:30:45Z", "2023-03-15T10:30:45.123Z", "2023-03-15t10:30:45z",
        "2023-03-15 10:30:45+01:00", "2023-03-15T10:30:45-0530", "2023-03-15T10:30:45+01",
        "2016-12-31T23:59:60Z", "2016-12-31T22:59:60-01:00"}) {
    EXPECT_TRUE(is_date_time(good)) << good;
  }
  for (const auto* bad :
       {"", "2023-03-15", "2023-03-15T10:30:45", "2023-03-15T10:30Z", "2023-02-30T10:30:45Z",
        "2023-03-15T24:00:00Z", "2023-03-15T10:60:00Z", "2023-03-15T10:30:61Z",
        "2023-03-15T10:30:60Z", "2023-03-15T10:30:45.Z", "2023-03-15T10:30:45+24:00",
        "2023-03-15T10:30:45+01:60", "2023-03-15T10:30:45+1", "2023-03-15T10:30:45ZZ"}) {
    EXPECT_FALSE(is_date_time(bad)) << bad;
  }
}

TEST(Formats, TakeTimesOfDay) {
  for (const auto* good : {"00:00", "09:30", "23:59", "09:30:15", "09:30:15.5", "09:30Z",
                           "09:30-05:00", "09:30:00+0100"}) {
    EXPECT_TRUE(is_time_of_day(good)) << good;
  }
  for (const auto* bad :
       {"", "9:30", "24:00", "25:00", "09:60", "09.30", "0930", "09:30:60", "09:30:", "9am",
        "09:30 ", "09:30+1", "09:30+01", "09:30:15.", "09:30+24:00", "09:30z"}) {
    EXPECT_FALSE(is_time_of_day(bad)) << bad;
  }
}

}  // namespace
}  // namespace moot::record
