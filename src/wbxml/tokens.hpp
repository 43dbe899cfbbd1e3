// The 26 code pages of MS-ASWBXML 2.1.2.1, each element said once: `wbxml::airsync::SyncKey` is its page, token and name.
// Tokens that MS-ASWBXML does not list but old clients send (2.5 and undocumented ones) are `legacy`: readable, skipped
// by the schema, never written. Kept by hand; a test compares it with the specification's table.
#pragma once
#include "wbxml/tag.hpp"
#include <array>
#include <span>

namespace godwit::wbxml {

// clang-format off
namespace airsync { // page 0
inline constexpr Tag
    Sync{0, 0x05, "Sync"}, Responses{0, 0x06, "Responses"}, Add{0, 0x07, "Add"}, Change{0, 0x08, "Change"},
    Delete{0, 0x09, "Delete"}, Fetch{0, 0x0A, "Fetch"}, SyncKey{0, 0x0B, "SyncKey"}, ClientId{0, 0x0C, "ClientId"},
    ServerId{0, 0x0D, "ServerId"}, Status{0, 0x0E, "Status"}, Collection{0, 0x0F, "Collection"},
    Class{0, 0x10, "Class"}, Version{0, 0x11, "Version", legacy}, CollectionId{0, 0x12, "CollectionId"},
    GetChanges{0, 0x13, "GetChanges"}, MoreAvailable{0, 0x14, "MoreAvailable"}, WindowSize{0, 0x15, "WindowSize"},
    Commands{0, 0x16, "Commands"}, Options{0, 0x17, "Options"}, FilterType{0, 0x18, "FilterType"},
    Truncation{0, 0x19, "Truncation", legacy}, RTFTruncation{0, 0x1A, "RTFTruncation", legacy},
    Conflict{0, 0x1B, "Conflict"}, Collections{0, 0x1C, "Collections"}, ApplicationData{0, 0x1D, "ApplicationData"},
    DeletesAsMoves{0, 0x1E, "DeletesAsMoves"}, NotifyGUID{0, 0x1F, "NotifyGUID", legacy},
    Supported{0, 0x20, "Supported"}, SoftDelete{0, 0x21, "SoftDelete"}, MIMESupport{0, 0x22, "MIMESupport"},
    MIMETruncation{0, 0x23, "MIMETruncation"}, Wait{0, 0x24, "Wait"}, Limit{0, 0x25, "Limit"},
    Partial{0, 0x26, "Partial"}, ConversationMode{0, 0x27, "ConversationMode"}, MaxItems{0, 0x28, "MaxItems"},
    HeartbeatInterval{0, 0x29, "HeartbeatInterval"};
inline constexpr std::array page{
    Sync, Responses, Add, Change, Delete, Fetch, SyncKey, ClientId, ServerId, Status, Collection, Class, Version,
    CollectionId, GetChanges, MoreAvailable, WindowSize, Commands, Options, FilterType, Truncation, RTFTruncation,
    Conflict, Collections, ApplicationData, DeletesAsMoves, NotifyGUID, Supported, SoftDelete, MIMESupport,
    MIMETruncation, Wait, Limit, Partial, ConversationMode, MaxItems, HeartbeatInterval};
}

namespace contacts { // page 1
inline constexpr Tag
    Anniversary{1, 0x05, "Anniversary"}, AssistantName{1, 0x06, "AssistantName"},
    AssistantPhoneNumber{1, 0x07, "AssistantPhoneNumber"}, Birthday{1, 0x08, "Birthday"},
    Body{1, 0x09, "Body", legacy}, BodySize{1, 0x0A, "BodySize", legacy},
    BodyTruncated{1, 0x0B, "BodyTruncated", legacy}, Business2PhoneNumber{1, 0x0C, "Business2PhoneNumber"},
    BusinessAddressCity{1, 0x0D, "BusinessAddressCity"}, BusinessAddressCountry{1, 0x0E, "BusinessAddressCountry"},
    BusinessAddressPostalCode{1, 0x0F, "BusinessAddressPostalCode"},
    BusinessAddressState{1, 0x10, "BusinessAddressState"}, BusinessAddressStreet{1, 0x11, "BusinessAddressStreet"},
    BusinessFaxNumber{1, 0x12, "BusinessFaxNumber"}, BusinessPhoneNumber{1, 0x13, "BusinessPhoneNumber"},
    CarPhoneNumber{1, 0x14, "CarPhoneNumber"}, Categories{1, 0x15, "Categories"}, Category{1, 0x16, "Category"},
    Children{1, 0x17, "Children"}, Child{1, 0x18, "Child"}, CompanyName{1, 0x19, "CompanyName"},
    Department{1, 0x1A, "Department"}, Email1Address{1, 0x1B, "Email1Address"},
    Email2Address{1, 0x1C, "Email2Address"}, Email3Address{1, 0x1D, "Email3Address"}, FileAs{1, 0x1E, "FileAs"},
    FirstName{1, 0x1F, "FirstName"}, Home2PhoneNumber{1, 0x20, "Home2PhoneNumber"},
    HomeAddressCity{1, 0x21, "HomeAddressCity"}, HomeAddressCountry{1, 0x22, "HomeAddressCountry"},
    HomeAddressPostalCode{1, 0x23, "HomeAddressPostalCode"}, HomeAddressState{1, 0x24, "HomeAddressState"},
    HomeAddressStreet{1, 0x25, "HomeAddressStreet"}, HomeFaxNumber{1, 0x26, "HomeFaxNumber"},
    HomePhoneNumber{1, 0x27, "HomePhoneNumber"}, JobTitle{1, 0x28, "JobTitle"}, LastName{1, 0x29, "LastName"},
    MiddleName{1, 0x2A, "MiddleName"}, MobilePhoneNumber{1, 0x2B, "MobilePhoneNumber"},
    OfficeLocation{1, 0x2C, "OfficeLocation"}, OtherAddressCity{1, 0x2D, "OtherAddressCity"},
    OtherAddressCountry{1, 0x2E, "OtherAddressCountry"}, OtherAddressPostalCode{1, 0x2F, "OtherAddressPostalCode"},
    OtherAddressState{1, 0x30, "OtherAddressState"}, OtherAddressStreet{1, 0x31, "OtherAddressStreet"},
    PagerNumber{1, 0x32, "PagerNumber"}, RadioPhoneNumber{1, 0x33, "RadioPhoneNumber"}, Spouse{1, 0x34, "Spouse"},
    Suffix{1, 0x35, "Suffix"}, Title{1, 0x36, "Title"}, WebPage{1, 0x37, "WebPage"},
    YomiCompanyName{1, 0x38, "YomiCompanyName"}, YomiFirstName{1, 0x39, "YomiFirstName"},
    YomiLastName{1, 0x3A, "YomiLastName"}, CompressedRTF{1, 0x3B, "CompressedRTF", legacy},
    Picture{1, 0x3C, "Picture"}, Alias{1, 0x3D, "Alias"}, WeightedRank{1, 0x3E, "WeightedRank"};
inline constexpr std::array page{
    Anniversary, AssistantName, AssistantPhoneNumber, Birthday, Body, BodySize, BodyTruncated, Business2PhoneNumber,
    BusinessAddressCity, BusinessAddressCountry, BusinessAddressPostalCode, BusinessAddressState,
    BusinessAddressStreet, BusinessFaxNumber, BusinessPhoneNumber, CarPhoneNumber, Categories, Category, Children,
    Child, CompanyName, Department, Email1Address, Email2Address, Email3Address, FileAs, FirstName, Home2PhoneNumber,
    HomeAddressCity, HomeAddressCountry, HomeAddressPostalCode, HomeAddressState, HomeAddressStreet, HomeFaxNumber,
    HomePhoneNumber, JobTitle, LastName, MiddleName, MobilePhoneNumber, OfficeLocation, OtherAddressCity,
    OtherAddressCountry, OtherAddressPostalCode, OtherAddressState, OtherAddressStreet, PagerNumber, RadioPhoneNumber,
    Spouse, Suffix, Title, WebPage, YomiCompanyName, YomiFirstName, YomiLastName, CompressedRTF, Picture, Alias,
    WeightedRank};
}

namespace email { // page 2
inline constexpr Tag
    Attachment{2, 0x05, "Attachment", legacy}, Attachments{2, 0x06, "Attachments", legacy},
    AttName{2, 0x07, "AttName", legacy}, AttSize{2, 0x08, "AttSize", legacy}, AttOid{2, 0x09, "AttOid", legacy},
    AttMethod{2, 0x0A, "AttMethod", legacy}, AttRemoved{2, 0x0B, "AttRemoved", legacy}, Body{2, 0x0C, "Body", legacy},
    BodySize{2, 0x0D, "BodySize", legacy}, BodyTruncated{2, 0x0E, "BodyTruncated", legacy},
    DateReceived{2, 0x0F, "DateReceived"}, DisplayName{2, 0x10, "DisplayName", legacy},
    DisplayTo{2, 0x11, "DisplayTo"}, Importance{2, 0x12, "Importance"}, MessageClass{2, 0x13, "MessageClass"},
    Subject{2, 0x14, "Subject"}, Read{2, 0x15, "Read"}, To{2, 0x16, "To"}, Cc{2, 0x17, "Cc"}, From{2, 0x18, "From"},
    ReplyTo{2, 0x19, "ReplyTo"}, AllDayEvent{2, 0x1A, "AllDayEvent"}, Categories{2, 0x1B, "Categories"},
    Category{2, 0x1C, "Category"}, DtStamp{2, 0x1D, "DtStamp"}, EndTime{2, 0x1E, "EndTime"},
    InstanceType{2, 0x1F, "InstanceType"}, BusyStatus{2, 0x20, "BusyStatus"}, Location{2, 0x21, "Location"},
    MeetingRequest{2, 0x22, "MeetingRequest"}, Organizer{2, 0x23, "Organizer"}, RecurrenceId{2, 0x24, "RecurrenceId"},
    Reminder{2, 0x25, "Reminder"}, ResponseRequested{2, 0x26, "ResponseRequested"},
    Recurrences{2, 0x27, "Recurrences"}, Recurrence{2, 0x28, "Recurrence"}, Type{2, 0x29, "Type"},
    Until{2, 0x2A, "Until"}, Occurrences{2, 0x2B, "Occurrences"}, Interval{2, 0x2C, "Interval"},
    DayOfWeek{2, 0x2D, "DayOfWeek"}, DayOfMonth{2, 0x2E, "DayOfMonth"}, WeekOfMonth{2, 0x2F, "WeekOfMonth"},
    MonthOfYear{2, 0x30, "MonthOfYear"}, StartTime{2, 0x31, "StartTime"}, Sensitivity{2, 0x32, "Sensitivity"},
    TimeZone{2, 0x33, "TimeZone"}, GlobalObjId{2, 0x34, "GlobalObjId"}, ThreadTopic{2, 0x35, "ThreadTopic"},
    MIMEData{2, 0x36, "MIMEData", legacy}, MIMETruncated{2, 0x37, "MIMETruncated", legacy},
    MIMESize{2, 0x38, "MIMESize", legacy}, InternetCPID{2, 0x39, "InternetCPID"}, Flag{2, 0x3A, "Flag"},
    Status{2, 0x3B, "Status"}, ContentClass{2, 0x3C, "ContentClass"}, FlagType{2, 0x3D, "FlagType"},
    CompleteTime{2, 0x3E, "CompleteTime"}, DisallowNewTimeProposal{2, 0x3F, "DisallowNewTimeProposal"};
inline constexpr std::array page{
    Attachment, Attachments, AttName, AttSize, AttOid, AttMethod, AttRemoved, Body, BodySize, BodyTruncated,
    DateReceived, DisplayName, DisplayTo, Importance, MessageClass, Subject, Read, To, Cc, From, ReplyTo, AllDayEvent,
    Categories, Category, DtStamp, EndTime, InstanceType, BusyStatus, Location, MeetingRequest, Organizer,
    RecurrenceId, Reminder, ResponseRequested, Recurrences, Recurrence, Type, Until, Occurrences, Interval, DayOfWeek,
    DayOfMonth, WeekOfMonth, MonthOfYear, StartTime, Sensitivity, TimeZone, GlobalObjId, ThreadTopic, MIMEData,
    MIMETruncated, MIMESize, InternetCPID, Flag, Status, ContentClass, FlagType, CompleteTime,
    DisallowNewTimeProposal};
}

namespace airnotify { // page 3
inline constexpr Tag
    Notify{3, 0x05, "Notify", legacy}, Notification{3, 0x06, "Notification", legacy},
    Version{3, 0x07, "Version", legacy}, LifeTime{3, 0x08, "LifeTime", legacy},
    DeviceInfo{3, 0x09, "DeviceInfo", legacy}, Enable{3, 0x0A, "Enable", legacy}, Folder{3, 0x0B, "Folder", legacy},
    ServerId{3, 0x0C, "ServerId", legacy}, DeviceAddress{3, 0x0D, "DeviceAddress", legacy},
    ValidCarrierProfiles{3, 0x0E, "ValidCarrierProfiles", legacy}, CarrierProfile{3, 0x0F, "CarrierProfile", legacy},
    Status{3, 0x10, "Status", legacy}, Responses{3, 0x11, "Responses", legacy}, Devices{3, 0x12, "Devices", legacy},
    Device{3, 0x13, "Device", legacy}, Id{3, 0x14, "Id", legacy}, Expiry{3, 0x15, "Expiry", legacy},
    NotifyGUID{3, 0x16, "NotifyGUID", legacy}, DeviceFriendlyName{3, 0x17, "DeviceFriendlyName", legacy};
inline constexpr std::array page{
    Notify, Notification, Version, LifeTime, DeviceInfo, Enable, Folder, ServerId, DeviceAddress,
    ValidCarrierProfiles, CarrierProfile, Status, Responses, Devices, Device, Id, Expiry, NotifyGUID,
    DeviceFriendlyName};
}

namespace calendar { // page 4
inline constexpr Tag
    Timezone{4, 0x05, "Timezone"}, AllDayEvent{4, 0x06, "AllDayEvent"}, Attendees{4, 0x07, "Attendees"},
    Attendee{4, 0x08, "Attendee"}, Email{4, 0x09, "Email"}, Name{4, 0x0A, "Name"}, Body{4, 0x0B, "Body", legacy},
    BodyTruncated{4, 0x0C, "BodyTruncated", legacy}, BusyStatus{4, 0x0D, "BusyStatus"},
    Categories{4, 0x0E, "Categories"}, Category{4, 0x0F, "Category"}, CompressedRTF{4, 0x10, "CompressedRTF", legacy},
    DtStamp{4, 0x11, "DtStamp"}, EndTime{4, 0x12, "EndTime"}, Exception{4, 0x13, "Exception"},
    Exceptions{4, 0x14, "Exceptions"}, Deleted{4, 0x15, "Deleted"}, ExceptionStartTime{4, 0x16, "ExceptionStartTime"},
    Location{4, 0x17, "Location"}, MeetingStatus{4, 0x18, "MeetingStatus"}, OrganizerEmail{4, 0x19, "OrganizerEmail"},
    OrganizerName{4, 0x1A, "OrganizerName"}, Recurrence{4, 0x1B, "Recurrence"}, Type{4, 0x1C, "Type"},
    Until{4, 0x1D, "Until"}, Occurrences{4, 0x1E, "Occurrences"}, Interval{4, 0x1F, "Interval"},
    DayOfWeek{4, 0x20, "DayOfWeek"}, DayOfMonth{4, 0x21, "DayOfMonth"}, WeekOfMonth{4, 0x22, "WeekOfMonth"},
    MonthOfYear{4, 0x23, "MonthOfYear"}, Reminder{4, 0x24, "Reminder"}, Sensitivity{4, 0x25, "Sensitivity"},
    Subject{4, 0x26, "Subject"}, StartTime{4, 0x27, "StartTime"}, UID{4, 0x28, "UID"},
    AttendeeStatus{4, 0x29, "AttendeeStatus"}, AttendeeType{4, 0x2A, "AttendeeType"},
    Attachment{4, 0x2B, "Attachment", legacy}, Attachments{4, 0x2C, "Attachments", legacy},
    AttName{4, 0x2D, "AttName", legacy}, AttSize{4, 0x2E, "AttSize", legacy}, AttOid{4, 0x2F, "AttOid", legacy},
    AttMethod{4, 0x30, "AttMethod", legacy}, AttRemoved{4, 0x31, "AttRemoved", legacy},
    DisplayName{4, 0x32, "DisplayName", legacy}, DisallowNewTimeProposal{4, 0x33, "DisallowNewTimeProposal"},
    ResponseRequested{4, 0x34, "ResponseRequested"}, AppointmentReplyTime{4, 0x35, "AppointmentReplyTime"},
    ResponseType{4, 0x36, "ResponseType"}, CalendarType{4, 0x37, "CalendarType"}, IsLeapMonth{4, 0x38, "IsLeapMonth"},
    FirstDayOfWeek{4, 0x39, "FirstDayOfWeek"}, OnlineMeetingConfLink{4, 0x3A, "OnlineMeetingConfLink"},
    OnlineMeetingExternalLink{4, 0x3B, "OnlineMeetingExternalLink"}, ClientUid{4, 0x3C, "ClientUid"};
inline constexpr std::array page{
    Timezone, AllDayEvent, Attendees, Attendee, Email, Name, Body, BodyTruncated, BusyStatus, Categories, Category,
    CompressedRTF, DtStamp, EndTime, Exception, Exceptions, Deleted, ExceptionStartTime, Location, MeetingStatus,
    OrganizerEmail, OrganizerName, Recurrence, Type, Until, Occurrences, Interval, DayOfWeek, DayOfMonth, WeekOfMonth,
    MonthOfYear, Reminder, Sensitivity, Subject, StartTime, UID, AttendeeStatus, AttendeeType, Attachment,
    Attachments, AttName, AttSize, AttOid, AttMethod, AttRemoved, DisplayName, DisallowNewTimeProposal,
    ResponseRequested, AppointmentReplyTime, ResponseType, CalendarType, IsLeapMonth, FirstDayOfWeek,
    OnlineMeetingConfLink, OnlineMeetingExternalLink, ClientUid};
}

namespace move { // page 5
inline constexpr Tag
    MoveItems{5, 0x05, "MoveItems"}, Move{5, 0x06, "Move"}, SrcMsgId{5, 0x07, "SrcMsgId"},
    SrcFldId{5, 0x08, "SrcFldId"}, DstFldId{5, 0x09, "DstFldId"}, Response{5, 0x0A, "Response"},
    Status{5, 0x0B, "Status"}, DstMsgId{5, 0x0C, "DstMsgId"};
inline constexpr std::array page{
    MoveItems, Move, SrcMsgId, SrcFldId, DstFldId, Response, Status, DstMsgId};
}

namespace getitemestimate { // page 6
inline constexpr Tag
    GetItemEstimate{6, 0x05, "GetItemEstimate"}, Version{6, 0x06, "Version", legacy},
    Collections{6, 0x07, "Collections"}, Collection{6, 0x08, "Collection"}, Class{6, 0x09, "Class"},
    CollectionId{6, 0x0A, "CollectionId"}, DateTime{6, 0x0B, "DateTime", legacy}, Estimate{6, 0x0C, "Estimate"},
    Response{6, 0x0D, "Response"}, Status{6, 0x0E, "Status"};
inline constexpr std::array page{
    GetItemEstimate, Version, Collections, Collection, Class, CollectionId, DateTime, Estimate, Response, Status};
}

namespace folderhierarchy { // page 7
inline constexpr Tag
    Folders{7, 0x05, "Folders"}, Folder{7, 0x06, "Folder"}, DisplayName{7, 0x07, "DisplayName"},
    ServerId{7, 0x08, "ServerId"}, ParentId{7, 0x09, "ParentId"}, Type{7, 0x0A, "Type"},
    Response{7, 0x0B, "Response", legacy}, Status{7, 0x0C, "Status"}, ContentClass{7, 0x0D, "ContentClass", legacy},
    Changes{7, 0x0E, "Changes"}, Add{7, 0x0F, "Add"}, Delete{7, 0x10, "Delete"}, Update{7, 0x11, "Update"},
    SyncKey{7, 0x12, "SyncKey"}, FolderCreate{7, 0x13, "FolderCreate"}, FolderDelete{7, 0x14, "FolderDelete"},
    FolderUpdate{7, 0x15, "FolderUpdate"}, FolderSync{7, 0x16, "FolderSync"}, Count{7, 0x17, "Count"},
    Version{7, 0x18, "Version", legacy};
inline constexpr std::array page{
    Folders, Folder, DisplayName, ServerId, ParentId, Type, Response, Status, ContentClass, Changes, Add, Delete,
    Update, SyncKey, FolderCreate, FolderDelete, FolderUpdate, FolderSync, Count, Version};
}

namespace meetingresponse { // page 8
inline constexpr Tag
    CalendarId{8, 0x05, "CalendarId"}, CollectionId{8, 0x06, "CollectionId"},
    MeetingResponse{8, 0x07, "MeetingResponse"}, RequestId{8, 0x08, "RequestId"}, Request{8, 0x09, "Request"},
    Result{8, 0x0A, "Result"}, Status{8, 0x0B, "Status"}, UserResponse{8, 0x0C, "UserResponse"},
    Version{8, 0x0D, "Version", legacy}, InstanceId{8, 0x0E, "InstanceId"},
    ProposedStartTime{8, 0x10, "ProposedStartTime"}, ProposedEndTime{8, 0x11, "ProposedEndTime"},
    SendResponse{8, 0x12, "SendResponse"};
inline constexpr std::array page{
    CalendarId, CollectionId, MeetingResponse, RequestId, Request, Result, Status, UserResponse, Version, InstanceId,
    ProposedStartTime, ProposedEndTime, SendResponse};
}

namespace tasks { // page 9
inline constexpr Tag
    Body{9, 0x05, "Body", legacy}, BodySize{9, 0x06, "BodySize", legacy},
    BodyTruncated{9, 0x07, "BodyTruncated", legacy}, Categories{9, 0x08, "Categories"}, Category{9, 0x09, "Category"},
    Complete{9, 0x0A, "Complete"}, DateCompleted{9, 0x0B, "DateCompleted"}, DueDate{9, 0x0C, "DueDate"},
    UtcDueDate{9, 0x0D, "UtcDueDate"}, Importance{9, 0x0E, "Importance"}, Recurrence{9, 0x0F, "Recurrence"},
    Type{9, 0x10, "Type"}, Start{9, 0x11, "Start"}, Until{9, 0x12, "Until"}, Occurrences{9, 0x13, "Occurrences"},
    Interval{9, 0x14, "Interval"}, DayOfMonth{9, 0x15, "DayOfMonth"}, DayOfWeek{9, 0x16, "DayOfWeek"},
    WeekOfMonth{9, 0x17, "WeekOfMonth"}, MonthOfYear{9, 0x18, "MonthOfYear"}, Regenerate{9, 0x19, "Regenerate"},
    DeadOccur{9, 0x1A, "DeadOccur"}, ReminderSet{9, 0x1B, "ReminderSet"}, ReminderTime{9, 0x1C, "ReminderTime"},
    Sensitivity{9, 0x1D, "Sensitivity"}, StartDate{9, 0x1E, "StartDate"}, UtcStartDate{9, 0x1F, "UtcStartDate"},
    Subject{9, 0x20, "Subject"}, CompressedRTF{9, 0x21, "CompressedRTF", legacy}, OrdinalDate{9, 0x22, "OrdinalDate"},
    SubOrdinalDate{9, 0x23, "SubOrdinalDate"}, CalendarType{9, 0x24, "CalendarType"},
    IsLeapMonth{9, 0x25, "IsLeapMonth"}, FirstDayOfWeek{9, 0x26, "FirstDayOfWeek"};
inline constexpr std::array page{
    Body, BodySize, BodyTruncated, Categories, Category, Complete, DateCompleted, DueDate, UtcDueDate, Importance,
    Recurrence, Type, Start, Until, Occurrences, Interval, DayOfMonth, DayOfWeek, WeekOfMonth, MonthOfYear,
    Regenerate, DeadOccur, ReminderSet, ReminderTime, Sensitivity, StartDate, UtcStartDate, Subject, CompressedRTF,
    OrdinalDate, SubOrdinalDate, CalendarType, IsLeapMonth, FirstDayOfWeek};
}

namespace resolverecipients { // page 10
inline constexpr Tag
    ResolveRecipients{10, 0x05, "ResolveRecipients"}, Response{10, 0x06, "Response"}, Status{10, 0x07, "Status"},
    Type{10, 0x08, "Type"}, Recipient{10, 0x09, "Recipient"}, DisplayName{10, 0x0A, "DisplayName"},
    EmailAddress{10, 0x0B, "EmailAddress"}, Certificates{10, 0x0C, "Certificates"},
    Certificate{10, 0x0D, "Certificate"}, MiniCertificate{10, 0x0E, "MiniCertificate"}, Options{10, 0x0F, "Options"},
    To{10, 0x10, "To"}, CertificateRetrieval{10, 0x11, "CertificateRetrieval"},
    RecipientCount{10, 0x12, "RecipientCount"}, MaxCertificates{10, 0x13, "MaxCertificates"},
    MaxAmbiguousRecipients{10, 0x14, "MaxAmbiguousRecipients"}, CertificateCount{10, 0x15, "CertificateCount"},
    Availability{10, 0x16, "Availability"}, StartTime{10, 0x17, "StartTime"}, EndTime{10, 0x18, "EndTime"},
    MergedFreeBusy{10, 0x19, "MergedFreeBusy"}, Picture{10, 0x1A, "Picture"}, MaxSize{10, 0x1B, "MaxSize"},
    Data{10, 0x1C, "Data"}, MaxPictures{10, 0x1D, "MaxPictures"};
inline constexpr std::array page{
    ResolveRecipients, Response, Status, Type, Recipient, DisplayName, EmailAddress, Certificates, Certificate,
    MiniCertificate, Options, To, CertificateRetrieval, RecipientCount, MaxCertificates, MaxAmbiguousRecipients,
    CertificateCount, Availability, StartTime, EndTime, MergedFreeBusy, Picture, MaxSize, Data, MaxPictures};
}

namespace validatecert { // page 11
inline constexpr Tag
    ValidateCert{11, 0x05, "ValidateCert"}, Certificates{11, 0x06, "Certificates"},
    Certificate{11, 0x07, "Certificate"}, CertificateChain{11, 0x08, "CertificateChain"},
    CheckCRL{11, 0x09, "CheckCRL"}, Status{11, 0x0A, "Status"};
inline constexpr std::array page{
    ValidateCert, Certificates, Certificate, CertificateChain, CheckCRL, Status};
}

namespace contacts2 { // page 12
inline constexpr Tag
    CustomerId{12, 0x05, "CustomerId"}, GovernmentId{12, 0x06, "GovernmentId"}, IMAddress{12, 0x07, "IMAddress"},
    IMAddress2{12, 0x08, "IMAddress2"}, IMAddress3{12, 0x09, "IMAddress3"}, ManagerName{12, 0x0A, "ManagerName"},
    CompanyMainPhone{12, 0x0B, "CompanyMainPhone"}, AccountName{12, 0x0C, "AccountName"},
    NickName{12, 0x0D, "NickName"}, MMS{12, 0x0E, "MMS"};
inline constexpr std::array page{
    CustomerId, GovernmentId, IMAddress, IMAddress2, IMAddress3, ManagerName, CompanyMainPhone, AccountName, NickName,
    MMS};
}

namespace ping { // page 13
inline constexpr Tag
    Ping{13, 0x05, "Ping"}, AutdState{13, 0x06, "AutdState", legacy}, Status{13, 0x07, "Status"},
    HeartbeatInterval{13, 0x08, "HeartbeatInterval"}, Folders{13, 0x09, "Folders"}, Folder{13, 0x0A, "Folder"},
    Id{13, 0x0B, "Id"}, Class{13, 0x0C, "Class"}, MaxFolders{13, 0x0D, "MaxFolders"},
    Version{13, 0x0E, "Version", legacy};
inline constexpr std::array page{
    Ping, AutdState, Status, HeartbeatInterval, Folders, Folder, Id, Class, MaxFolders, Version};
}

namespace provision { // page 14
inline constexpr Tag
    Provision{14, 0x05, "Provision"}, Policies{14, 0x06, "Policies"}, Policy{14, 0x07, "Policy"},
    PolicyType{14, 0x08, "PolicyType"}, PolicyKey{14, 0x09, "PolicyKey"}, Data{14, 0x0A, "Data"},
    Status{14, 0x0B, "Status"}, RemoteWipe{14, 0x0C, "RemoteWipe"}, EASProvisionDoc{14, 0x0D, "EASProvisionDoc"},
    DevicePasswordEnabled{14, 0x0E, "DevicePasswordEnabled"},
    AlphanumericDevicePasswordRequired{14, 0x0F, "AlphanumericDevicePasswordRequired"},
    RequireStorageCardEncryption{14, 0x10, "RequireStorageCardEncryption"},
    PasswordRecoveryEnabled{14, 0x11, "PasswordRecoveryEnabled"},
    DocumentBrowseEnabled{14, 0x12, "DocumentBrowseEnabled", legacy},
    AttachmentsEnabled{14, 0x13, "AttachmentsEnabled"}, MinDevicePasswordLength{14, 0x14, "MinDevicePasswordLength"},
    MaxInactivityTimeDeviceLock{14, 0x15, "MaxInactivityTimeDeviceLock"},
    MaxDevicePasswordFailedAttempts{14, 0x16, "MaxDevicePasswordFailedAttempts"},
    MaxAttachmentSize{14, 0x17, "MaxAttachmentSize"},
    AllowSimpleDevicePassword{14, 0x18, "AllowSimpleDevicePassword"},
    DevicePasswordExpiration{14, 0x19, "DevicePasswordExpiration"},
    DevicePasswordHistory{14, 0x1A, "DevicePasswordHistory"}, AllowStorageCard{14, 0x1B, "AllowStorageCard"},
    AllowCamera{14, 0x1C, "AllowCamera"}, RequireDeviceEncryption{14, 0x1D, "RequireDeviceEncryption"},
    AllowUnsignedApplications{14, 0x1E, "AllowUnsignedApplications"},
    AllowUnsignedInstallationPackages{14, 0x1F, "AllowUnsignedInstallationPackages"},
    MinDevicePasswordComplexCharacters{14, 0x20, "MinDevicePasswordComplexCharacters"},
    AllowWiFi{14, 0x21, "AllowWiFi"}, AllowTextMessaging{14, 0x22, "AllowTextMessaging"},
    AllowPOPIMAPEmail{14, 0x23, "AllowPOPIMAPEmail"}, AllowBluetooth{14, 0x24, "AllowBluetooth"},
    AllowIrDA{14, 0x25, "AllowIrDA"}, RequireManualSyncWhenRoaming{14, 0x26, "RequireManualSyncWhenRoaming"},
    AllowDesktopSync{14, 0x27, "AllowDesktopSync"}, MaxCalendarAgeFilter{14, 0x28, "MaxCalendarAgeFilter"},
    AllowHTMLEmail{14, 0x29, "AllowHTMLEmail"}, MaxEmailAgeFilter{14, 0x2A, "MaxEmailAgeFilter"},
    MaxEmailBodyTruncationSize{14, 0x2B, "MaxEmailBodyTruncationSize"},
    MaxEmailHTMLBodyTruncationSize{14, 0x2C, "MaxEmailHTMLBodyTruncationSize"},
    RequireSignedSMIMEMessages{14, 0x2D, "RequireSignedSMIMEMessages"},
    RequireEncryptedSMIMEMessages{14, 0x2E, "RequireEncryptedSMIMEMessages"},
    RequireSignedSMIMEAlgorithm{14, 0x2F, "RequireSignedSMIMEAlgorithm"},
    RequireEncryptionSMIMEAlgorithm{14, 0x30, "RequireEncryptionSMIMEAlgorithm"},
    AllowSMIMEEncryptionAlgorithmNegotiation{14, 0x31, "AllowSMIMEEncryptionAlgorithmNegotiation"},
    AllowSMIMESoftCerts{14, 0x32, "AllowSMIMESoftCerts"}, AllowBrowser{14, 0x33, "AllowBrowser"},
    AllowConsumerEmail{14, 0x34, "AllowConsumerEmail"}, AllowRemoteDesktop{14, 0x35, "AllowRemoteDesktop"},
    AllowInternetSharing{14, 0x36, "AllowInternetSharing"},
    UnapprovedInROMApplicationList{14, 0x37, "UnapprovedInROMApplicationList"},
    ApplicationName{14, 0x38, "ApplicationName"}, ApprovedApplicationList{14, 0x39, "ApprovedApplicationList"},
    Hash{14, 0x3A, "Hash"}, AccountOnlyRemoteWipe{14, 0x3B, "AccountOnlyRemoteWipe"};
inline constexpr std::array page{
    Provision, Policies, Policy, PolicyType, PolicyKey, Data, Status, RemoteWipe, EASProvisionDoc,
    DevicePasswordEnabled, AlphanumericDevicePasswordRequired, RequireStorageCardEncryption, PasswordRecoveryEnabled,
    DocumentBrowseEnabled, AttachmentsEnabled, MinDevicePasswordLength, MaxInactivityTimeDeviceLock,
    MaxDevicePasswordFailedAttempts, MaxAttachmentSize, AllowSimpleDevicePassword, DevicePasswordExpiration,
    DevicePasswordHistory, AllowStorageCard, AllowCamera, RequireDeviceEncryption, AllowUnsignedApplications,
    AllowUnsignedInstallationPackages, MinDevicePasswordComplexCharacters, AllowWiFi, AllowTextMessaging,
    AllowPOPIMAPEmail, AllowBluetooth, AllowIrDA, RequireManualSyncWhenRoaming, AllowDesktopSync,
    MaxCalendarAgeFilter, AllowHTMLEmail, MaxEmailAgeFilter, MaxEmailBodyTruncationSize,
    MaxEmailHTMLBodyTruncationSize, RequireSignedSMIMEMessages, RequireEncryptedSMIMEMessages,
    RequireSignedSMIMEAlgorithm, RequireEncryptionSMIMEAlgorithm, AllowSMIMEEncryptionAlgorithmNegotiation,
    AllowSMIMESoftCerts, AllowBrowser, AllowConsumerEmail, AllowRemoteDesktop, AllowInternetSharing,
    UnapprovedInROMApplicationList, ApplicationName, ApprovedApplicationList, Hash, AccountOnlyRemoteWipe};
}

namespace search { // page 15
inline constexpr Tag
    Search{15, 0x05, "Search"}, Stores{15, 0x06, "Stores", legacy}, Store{15, 0x07, "Store"}, Name{15, 0x08, "Name"},
    Query{15, 0x09, "Query"}, Options{15, 0x0A, "Options"}, Range{15, 0x0B, "Range"}, Status{15, 0x0C, "Status"},
    Response{15, 0x0D, "Response"}, Result{15, 0x0E, "Result"}, Properties{15, 0x0F, "Properties"},
    Total{15, 0x10, "Total"}, EqualTo{15, 0x11, "EqualTo"}, Value{15, 0x12, "Value"}, And{15, 0x13, "And"},
    Or{15, 0x14, "Or"}, FreeText{15, 0x15, "FreeText"}, DeepTraversal{15, 0x17, "DeepTraversal"},
    LongId{15, 0x18, "LongId"}, RebuildResults{15, 0x19, "RebuildResults"}, LessThan{15, 0x1A, "LessThan"},
    GreaterThan{15, 0x1B, "GreaterThan"}, Schema{15, 0x1C, "Schema", legacy},
    Supported{15, 0x1D, "Supported", legacy}, UserName{15, 0x1E, "UserName"}, Password{15, 0x1F, "Password"},
    ConversationId{15, 0x20, "ConversationId"}, Picture{15, 0x21, "Picture"}, MaxSize{15, 0x22, "MaxSize"},
    MaxPictures{15, 0x23, "MaxPictures"};
inline constexpr std::array page{
    Search, Stores, Store, Name, Query, Options, Range, Status, Response, Result, Properties, Total, EqualTo, Value,
    And, Or, FreeText, DeepTraversal, LongId, RebuildResults, LessThan, GreaterThan, Schema, Supported, UserName,
    Password, ConversationId, Picture, MaxSize, MaxPictures};
}

namespace gal { // page 16
inline constexpr Tag
    DisplayName{16, 0x05, "DisplayName"}, Phone{16, 0x06, "Phone"}, Office{16, 0x07, "Office"},
    Title{16, 0x08, "Title"}, Company{16, 0x09, "Company"}, Alias{16, 0x0A, "Alias"},
    FirstName{16, 0x0B, "FirstName"}, LastName{16, 0x0C, "LastName"}, HomePhone{16, 0x0D, "HomePhone"},
    MobilePhone{16, 0x0E, "MobilePhone"}, EmailAddress{16, 0x0F, "EmailAddress"}, Picture{16, 0x10, "Picture"},
    Status{16, 0x11, "Status"}, Data{16, 0x12, "Data"};
inline constexpr std::array page{
    DisplayName, Phone, Office, Title, Company, Alias, FirstName, LastName, HomePhone, MobilePhone, EmailAddress,
    Picture, Status, Data};
}

namespace airsyncbase { // page 17
inline constexpr Tag
    BodyPreference{17, 0x05, "BodyPreference"}, Type{17, 0x06, "Type"}, TruncationSize{17, 0x07, "TruncationSize"},
    AllOrNone{17, 0x08, "AllOrNone"}, Body{17, 0x0A, "Body"}, Data{17, 0x0B, "Data"},
    EstimatedDataSize{17, 0x0C, "EstimatedDataSize"}, Truncated{17, 0x0D, "Truncated"},
    Attachments{17, 0x0E, "Attachments"}, Attachment{17, 0x0F, "Attachment"}, DisplayName{17, 0x10, "DisplayName"},
    FileReference{17, 0x11, "FileReference"}, Method{17, 0x12, "Method"}, ContentId{17, 0x13, "ContentId"},
    ContentLocation{17, 0x14, "ContentLocation"}, IsInline{17, 0x15, "IsInline"},
    NativeBodyType{17, 0x16, "NativeBodyType"}, ContentType{17, 0x17, "ContentType"}, Preview{17, 0x18, "Preview"},
    BodyPartPreference{17, 0x19, "BodyPartPreference"}, BodyPart{17, 0x1A, "BodyPart"}, Status{17, 0x1B, "Status"},
    Add{17, 0x1C, "Add"}, Delete{17, 0x1D, "Delete"}, ClientId{17, 0x1E, "ClientId"}, Content{17, 0x1F, "Content"},
    Location{17, 0x20, "Location"}, Annotation{17, 0x21, "Annotation"}, Street{17, 0x22, "Street"},
    City{17, 0x23, "City"}, State{17, 0x24, "State"}, Country{17, 0x25, "Country"},
    PostalCode{17, 0x26, "PostalCode"}, Latitude{17, 0x27, "Latitude"}, Longitude{17, 0x28, "Longitude"},
    Accuracy{17, 0x29, "Accuracy"}, Altitude{17, 0x2A, "Altitude"}, AltitudeAccuracy{17, 0x2B, "AltitudeAccuracy"},
    LocationUri{17, 0x2C, "LocationUri"}, InstanceId{17, 0x2D, "InstanceId"};
inline constexpr std::array page{
    BodyPreference, Type, TruncationSize, AllOrNone, Body, Data, EstimatedDataSize, Truncated, Attachments,
    Attachment, DisplayName, FileReference, Method, ContentId, ContentLocation, IsInline, NativeBodyType, ContentType,
    Preview, BodyPartPreference, BodyPart, Status, Add, Delete, ClientId, Content, Location, Annotation, Street, City,
    State, Country, PostalCode, Latitude, Longitude, Accuracy, Altitude, AltitudeAccuracy, LocationUri, InstanceId};
}

namespace settings { // page 18
inline constexpr Tag
    Settings{18, 0x05, "Settings"}, Status{18, 0x06, "Status"}, Get{18, 0x07, "Get"}, Set{18, 0x08, "Set"},
    Oof{18, 0x09, "Oof"}, OofState{18, 0x0A, "OofState"}, StartTime{18, 0x0B, "StartTime"},
    EndTime{18, 0x0C, "EndTime"}, OofMessage{18, 0x0D, "OofMessage"},
    AppliesToInternal{18, 0x0E, "AppliesToInternal"}, AppliesToExternalKnown{18, 0x0F, "AppliesToExternalKnown"},
    AppliesToExternalUnknown{18, 0x10, "AppliesToExternalUnknown"}, Enabled{18, 0x11, "Enabled"},
    ReplyMessage{18, 0x12, "ReplyMessage"}, BodyType{18, 0x13, "BodyType"},
    DevicePassword{18, 0x14, "DevicePassword"}, Password{18, 0x15, "Password"},
    DeviceInformation{18, 0x16, "DeviceInformation"}, Model{18, 0x17, "Model"}, IMEI{18, 0x18, "IMEI"},
    FriendlyName{18, 0x19, "FriendlyName"}, OS{18, 0x1A, "OS"}, OSLanguage{18, 0x1B, "OSLanguage"},
    PhoneNumber{18, 0x1C, "PhoneNumber"}, UserInformation{18, 0x1D, "UserInformation"},
    EmailAddresses{18, 0x1E, "EmailAddresses"}, SMTPAddress{18, 0x1F, "SMTPAddress"},
    UserAgent{18, 0x20, "UserAgent"}, EnableOutboundSMS{18, 0x21, "EnableOutboundSMS"},
    MobileOperator{18, 0x22, "MobileOperator"}, PrimarySmtpAddress{18, 0x23, "PrimarySmtpAddress"},
    Accounts{18, 0x24, "Accounts"}, Account{18, 0x25, "Account"}, AccountId{18, 0x26, "AccountId"},
    AccountName{18, 0x27, "AccountName"}, UserDisplayName{18, 0x28, "UserDisplayName"},
    SendDisabled{18, 0x29, "SendDisabled"}, RightsManagementInformation{18, 0x2B, "RightsManagementInformation"};
inline constexpr std::array page{
    Settings, Status, Get, Set, Oof, OofState, StartTime, EndTime, OofMessage, AppliesToInternal,
    AppliesToExternalKnown, AppliesToExternalUnknown, Enabled, ReplyMessage, BodyType, DevicePassword, Password,
    DeviceInformation, Model, IMEI, FriendlyName, OS, OSLanguage, PhoneNumber, UserInformation, EmailAddresses,
    SMTPAddress, UserAgent, EnableOutboundSMS, MobileOperator, PrimarySmtpAddress, Accounts, Account, AccountId,
    AccountName, UserDisplayName, SendDisabled, RightsManagementInformation};
}

namespace documentlibrary { // page 19
inline constexpr Tag
    LinkId{19, 0x05, "LinkId"}, DisplayName{19, 0x06, "DisplayName"}, IsFolder{19, 0x07, "IsFolder"},
    CreationDate{19, 0x08, "CreationDate"}, LastModifiedDate{19, 0x09, "LastModifiedDate"},
    IsHidden{19, 0x0A, "IsHidden"}, ContentLength{19, 0x0B, "ContentLength"}, ContentType{19, 0x0C, "ContentType"};
inline constexpr std::array page{
    LinkId, DisplayName, IsFolder, CreationDate, LastModifiedDate, IsHidden, ContentLength, ContentType};
}

namespace itemoperations { // page 20
inline constexpr Tag
    ItemOperations{20, 0x05, "ItemOperations"}, Fetch{20, 0x06, "Fetch"}, Store{20, 0x07, "Store"},
    Options{20, 0x08, "Options"}, Range{20, 0x09, "Range"}, Total{20, 0x0A, "Total"},
    Properties{20, 0x0B, "Properties"}, Data{20, 0x0C, "Data"}, Status{20, 0x0D, "Status"},
    Response{20, 0x0E, "Response"}, Version{20, 0x0F, "Version"}, Schema{20, 0x10, "Schema"}, Part{20, 0x11, "Part"},
    EmptyFolderContents{20, 0x12, "EmptyFolderContents"}, DeleteSubFolders{20, 0x13, "DeleteSubFolders"},
    UserName{20, 0x14, "UserName"}, Password{20, 0x15, "Password"}, Move{20, 0x16, "Move"},
    DstFldId{20, 0x17, "DstFldId"}, ConversationId{20, 0x18, "ConversationId"}, MoveAlways{20, 0x19, "MoveAlways"};
inline constexpr std::array page{
    ItemOperations, Fetch, Store, Options, Range, Total, Properties, Data, Status, Response, Version, Schema, Part,
    EmptyFolderContents, DeleteSubFolders, UserName, Password, Move, DstFldId, ConversationId, MoveAlways};
}

namespace composemail { // page 21
inline constexpr Tag
    SendMail{21, 0x05, "SendMail"}, SmartForward{21, 0x06, "SmartForward"}, SmartReply{21, 0x07, "SmartReply"},
    SaveInSentItems{21, 0x08, "SaveInSentItems"}, ReplaceMime{21, 0x09, "ReplaceMime"},
    Type{21, 0x0A, "Type", legacy}, Source{21, 0x0B, "Source"}, FolderId{21, 0x0C, "FolderId"},
    ItemId{21, 0x0D, "ItemId"}, LongId{21, 0x0E, "LongId"}, InstanceId{21, 0x0F, "InstanceId"},
    Mime{21, 0x10, "Mime"}, ClientId{21, 0x11, "ClientId"}, Status{21, 0x12, "Status"},
    AccountId{21, 0x13, "AccountId"}, Forwardees{21, 0x15, "Forwardees"}, Forwardee{21, 0x16, "Forwardee"},
    Name{21, 0x17, "Name"}, Email{21, 0x18, "Email"};
inline constexpr std::array page{
    SendMail, SmartForward, SmartReply, SaveInSentItems, ReplaceMime, Type, Source, FolderId, ItemId, LongId,
    InstanceId, Mime, ClientId, Status, AccountId, Forwardees, Forwardee, Name, Email};
}

namespace email2 { // page 22
inline constexpr Tag
    UmCallerID{22, 0x05, "UmCallerID"}, UmUserNotes{22, 0x06, "UmUserNotes"},
    UmAttDuration{22, 0x07, "UmAttDuration"}, UmAttOrder{22, 0x08, "UmAttOrder"},
    ConversationId{22, 0x09, "ConversationId"}, ConversationIndex{22, 0x0A, "ConversationIndex"},
    LastVerbExecuted{22, 0x0B, "LastVerbExecuted"}, LastVerbExecutionTime{22, 0x0C, "LastVerbExecutionTime"},
    ReceivedAsBcc{22, 0x0D, "ReceivedAsBcc"}, Sender{22, 0x0E, "Sender"}, CalendarType{22, 0x0F, "CalendarType"},
    IsLeapMonth{22, 0x10, "IsLeapMonth"}, AccountId{22, 0x11, "AccountId"},
    FirstDayOfWeek{22, 0x12, "FirstDayOfWeek"}, MeetingMessageType{22, 0x13, "MeetingMessageType"},
    IsDraft{22, 0x15, "IsDraft"}, Bcc{22, 0x16, "Bcc"}, Send{22, 0x17, "Send"};
inline constexpr std::array page{
    UmCallerID, UmUserNotes, UmAttDuration, UmAttOrder, ConversationId, ConversationIndex, LastVerbExecuted,
    LastVerbExecutionTime, ReceivedAsBcc, Sender, CalendarType, IsLeapMonth, AccountId, FirstDayOfWeek,
    MeetingMessageType, IsDraft, Bcc, Send};
}

namespace notes { // page 23
inline constexpr Tag
    Subject{23, 0x05, "Subject"}, MessageClass{23, 0x06, "MessageClass"},
    LastModifiedDate{23, 0x07, "LastModifiedDate"}, Categories{23, 0x08, "Categories"},
    Category{23, 0x09, "Category"};
inline constexpr std::array page{
    Subject, MessageClass, LastModifiedDate, Categories, Category};
}

namespace rightsmanagement { // page 24
inline constexpr Tag
    RightsManagementSupport{24, 0x05, "RightsManagementSupport"},
    RightsManagementTemplates{24, 0x06, "RightsManagementTemplates"},
    RightsManagementTemplate{24, 0x07, "RightsManagementTemplate"},
    RightsManagementLicense{24, 0x08, "RightsManagementLicense"}, EditAllowed{24, 0x09, "EditAllowed"},
    ReplyAllowed{24, 0x0A, "ReplyAllowed"}, ReplyAllAllowed{24, 0x0B, "ReplyAllAllowed"},
    ForwardAllowed{24, 0x0C, "ForwardAllowed"}, ModifyRecipientsAllowed{24, 0x0D, "ModifyRecipientsAllowed"},
    ExtractAllowed{24, 0x0E, "ExtractAllowed"}, PrintAllowed{24, 0x0F, "PrintAllowed"},
    ExportAllowed{24, 0x10, "ExportAllowed"}, ProgrammaticAccessAllowed{24, 0x11, "ProgrammaticAccessAllowed"},
    Owner{24, 0x12, "Owner"}, ContentExpiryDate{24, 0x13, "ContentExpiryDate"}, TemplateID{24, 0x14, "TemplateID"},
    TemplateName{24, 0x15, "TemplateName"}, TemplateDescription{24, 0x16, "TemplateDescription"},
    ContentOwner{24, 0x17, "ContentOwner"},
    RemoveRightsManagementProtection{24, 0x18, "RemoveRightsManagementProtection"};
inline constexpr std::array page{
    RightsManagementSupport, RightsManagementTemplates, RightsManagementTemplate, RightsManagementLicense,
    EditAllowed, ReplyAllowed, ReplyAllAllowed, ForwardAllowed, ModifyRecipientsAllowed, ExtractAllowed, PrintAllowed,
    ExportAllowed, ProgrammaticAccessAllowed, Owner, ContentExpiryDate, TemplateID, TemplateName, TemplateDescription,
    ContentOwner, RemoveRightsManagementProtection};
}

namespace find { // page 25
inline constexpr Tag
    Find{25, 0x05, "Find"}, SearchId{25, 0x06, "SearchId"}, ExecuteSearch{25, 0x07, "ExecuteSearch"},
    MailBoxSearchCriterion{25, 0x08, "MailBoxSearchCriterion"}, Query{25, 0x09, "Query"}, Status{25, 0x0A, "Status"},
    FreeText{25, 0x0B, "FreeText"}, Options{25, 0x0C, "Options"}, Range{25, 0x0D, "Range"},
    DeepTraversal{25, 0x0E, "DeepTraversal"}, Response{25, 0x11, "Response"}, Result{25, 0x12, "Result"},
    Properties{25, 0x13, "Properties"}, Preview{25, 0x14, "Preview"}, HasAttachments{25, 0x15, "HasAttachments"},
    Total{25, 0x16, "Total"}, DisplayCc{25, 0x17, "DisplayCc"}, DisplayBcc{25, 0x18, "DisplayBcc"},
    GalSearchCriterion{25, 0x19, "GalSearchCriterion"}, MaxPictures{25, 0x20, "MaxPictures"},
    MaxSize{25, 0x21, "MaxSize"}, Picture{25, 0x22, "Picture"};
inline constexpr std::array page{
    Find, SearchId, ExecuteSearch, MailBoxSearchCriterion, Query, Status, FreeText, Options, Range, DeepTraversal,
    Response, Result, Properties, Preview, HasAttachments, Total, DisplayCc, DisplayBcc, GalSearchCriterion,
    MaxPictures, MaxSize, Picture};
}

struct Page {
    std::string_view name;   // the namespace of the XML view, "AirSync"
    std::string_view prefix; // its prefix there, "airsync"
    std::span<Tag const> tags;
};
inline constexpr std::array<Page, 26> code_pages{{
    {"AirSync", "airsync", airsync::page},
    {"Contacts", "contacts", contacts::page},
    {"Email", "email", email::page},
    {"AirNotify", "airnotify", airnotify::page},
    {"Calendar", "calendar", calendar::page},
    {"Move", "move", move::page},
    {"GetItemEstimate", "getitemestimate", getitemestimate::page},
    {"FolderHierarchy", "folderhierarchy", folderhierarchy::page},
    {"MeetingResponse", "meetingresponse", meetingresponse::page},
    {"Tasks", "tasks", tasks::page},
    {"ResolveRecipients", "resolverecipients", resolverecipients::page},
    {"ValidateCert", "validatecert", validatecert::page},
    {"Contacts2", "contacts2", contacts2::page},
    {"Ping", "ping", ping::page},
    {"Provision", "provision", provision::page},
    {"Search", "search", search::page},
    {"GAL", "gal", gal::page},
    {"AirSyncBase", "airsyncbase", airsyncbase::page},
    {"Settings", "settings", settings::page},
    {"DocumentLibrary", "documentlibrary", documentlibrary::page},
    {"ItemOperations", "itemoperations", itemoperations::page},
    {"ComposeMail", "composemail", composemail::page},
    {"Email2", "email2", email2::page},
    {"Notes", "notes", notes::page},
    {"RightsManagement", "rightsmanagement", rightsmanagement::page},
    {"Find", "find", find::page},
}};
// clang-format on

// The known element of this page and token, or nullptr.
Tag const* find_tag(std::uint8_t page, std::uint8_t token);
// By the names of the XML view, or nullptr.
Tag const* find_tag(std::string_view page, std::string_view element);

} // namespace godwit::wbxml
