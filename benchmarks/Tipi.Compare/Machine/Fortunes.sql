-- The table of the application "fortunes".
CREATE TABLE fortune (id integer PRIMARY KEY, message text NOT NULL);
INSERT INTO fortune VALUES
    (1,'A cache is a promise to be wrong in time.'),
    (2,'Whoever measures once has an opinion.'),
    (3,'It worked before you looked at it.'),
    (4,'The shortest wait is the one that nobody notices.'),
    (5,'A queue is a loan from the future.'),
    (6,'Nobody reads the log until it is too long.'),
    (7,'Two clocks never agree; one clock never errs.'),
    (8,'There are no small changes on a Friday.'),
    (9,'A test that cannot fail has already failed.'),
    (10,'Names outlive the things they were given to.'),
    (11,'<script>alert("This must not run.");</script>'),
    (12,'囲炉裏のある家は温かい');
