create table auth_user (id int primary key, username varchar(150) not null unique);
create table main_userprofile (
  id int generated always as identity primary key, user_id int not null unique,
    attachment_storage_bytes bigint not null,
    submissions_suspended bool not null);
create table logger_dailyxformsubmissioncounter (
  id int generated always as identity primary key, user_id int not null, date date not null, counter int not null,
  xform_id int);
create index on logger_dailyxformsubmissioncounter (user_id, date);
