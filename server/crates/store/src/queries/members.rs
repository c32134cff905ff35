//! Statements on members. `CROSS JOIN` as in `users`.

macro_rules! member {
    () => {
        "SELECT m.member_id, m.kind, m.added_at, COALESCE(u.display_name, u.user_name, g.display_name), u.user_name, \
         COALESCE(u.active, TRUE) FROM members m \
         LEFT JOIN users u ON u.id = m.member_id AND u.directory_id = m.directory_id \
         LEFT JOIN groups g ON g.id = m.member_id AND g.directory_id = m.directory_id \
         WHERE m.directory_id = $1 AND m.group_id = $2 "
    };
}

store_sql::queries! { "members";
    /// Who becomes a member cannot be deleted meanwhile: the membership would stay behind.
    ADD_USER keeping = "INSERT INTO members (directory_id, group_id, member_id, kind, added_at) \
                        SELECT $1, $2, found.id, 'User', $4 FROM users found \
                        WHERE found.id = $3 AND found.directory_id = $1",
                       " ON CONFLICT DO NOTHING";
    ADD_USERS keeping = "INSERT INTO members (directory_id, group_id, member_id, kind, added_at) \
                         SELECT $1, $2, found.id, 'User', $4 FROM json_each(CAST($3 AS TEXT)) j \
                         CROSS JOIN users found WHERE found.id = j.value AND found.directory_id = $1",
                        " ON CONFLICT DO NOTHING RETURNING member_id";
    ADD_GROUPS keeping = "INSERT INTO members (directory_id, group_id, member_id, kind, added_at) \
                          SELECT $1, $2, found.id, 'Group', $4 FROM json_each(CAST($3 AS TEXT)) j \
                          CROSS JOIN groups found WHERE found.id = j.value AND found.directory_id = $1",
                         " ON CONFLICT DO NOTHING RETURNING member_id";
    /// Which of some ids are members already.
    AMONG = "SELECT m.member_id FROM json_each(CAST($3 AS TEXT)) j CROSS JOIN members m \
             WHERE m.group_id = $2 AND m.member_id = j.value AND m.directory_id = $1";
    REMOVE_ONE = "DELETE FROM members WHERE directory_id = $1 AND group_id = $2 AND member_id = $3 \
                  RETURNING member_id, kind";
    REMOVE = "DELETE FROM members WHERE directory_id = $1 AND group_id = $2 \
              AND member_id IN (SELECT value FROM json_each(CAST($3 AS TEXT))) RETURNING member_id, kind";
    CLEAR = "DELETE FROM members WHERE directory_id = $1 AND group_id = $2 RETURNING member_id, kind";
    REMOVE_OTHERS = "DELETE FROM members WHERE directory_id = $1 AND group_id = $2 \
                     AND member_id NOT IN (SELECT value FROM json_each(CAST($3 AS TEXT))) RETURNING member_id, kind";
    /// A user or group that is gone is a member of nothing, and nothing is a member of it.
    FORGET = "DELETE FROM members WHERE directory_id = $1 AND member_id = $2";
    EMPTY = "DELETE FROM members WHERE directory_id = $1 AND group_id = $2";
    COUNT = "SELECT COUNT(*) FROM members WHERE directory_id = $1 AND group_id = $2";
    FIRST = concat!(member!(), "ORDER BY m.member_id LIMIT $3");
    AFTER = concat!(member!(), "AND m.member_id > $4 ORDER BY m.member_id LIMIT $3");
    BEFORE = concat!(member!(), "AND m.member_id < $4 ORDER BY m.member_id DESC LIMIT $3");
    GROUPS_OF = "SELECT m.member_id, g.id, g.display_name FROM members m CROSS JOIN groups g \
                 WHERE m.directory_id = $1 AND m.member_id = $2 AND g.id = m.group_id AND g.directory_id = $1 ORDER BY g.display_name_fold, g.id";
    GROUPS_OF_MANY = "SELECT m.member_id, g.id, g.display_name FROM json_each(CAST($2 AS TEXT)) j CROSS JOIN members m \
                      CROSS JOIN groups g WHERE m.directory_id = $1 AND m.member_id = j.value \
                      AND g.id = m.group_id AND g.directory_id = $1 \
                      ORDER BY g.display_name_fold, g.id";
}
