# What is wrong in a TOML file
toml-unknown-key = there is no key “{ $name }”; there are: { $known }
toml-missing-key = the key “{ $name }” is missing
toml-type = { $wanted ->
        [text] a text in quotes belongs here
        [truth] true or false belongs here
        [number] a fitting whole number belongs here
        [list] a list in [ ] belongs here
        [table] a set of “name = value” belongs here
       *[other] the value does not fit (wanted: { $must })
    }{ $found ->
        [text] , not a text
        [truth] , not true or false
        [number] , not this number
        [list] , not a list
        [table] , not a set of “name = value”
       *[other] , not { $value }
    }
toml-writing = { $fault ->
        [twice] the same key is written twice
        [no-value] “= value” is missing after the key
        [unquoted] a text must stand in quotes
        [unclosed] a bracket or a quote is not closed
       *[other] { $said }
    }
toml-other = not valid TOML (in the parser's words: { $said })

# Why something failed
reason-quoted = in the program's words: { $said }
reason-link = { $path } is a symbolic link, and no link is followed there: name the place that it leads to, or put the file or directory itself in its place
reason-not-sealed = it was not sealed with this key for this place, or it was altered
reason-no-random = the system's random number generator failed; nothing was written
at-path = { $path }: { $why }
of-record = record { $id }: { $why }
unreadable = { $place } cannot be read: { $why }
not-saved = not saved: { $why }
io = { $kind ->
        [not-found] there is no such file or directory
        [not-permitted] it is not permitted
        [exists] it exists already
        [read-only] the file system is read-only
        [full] the disk is full
        [too-large] the file is too large
        [a-directory] it is a directory, not a file
        [no-directory] a part of the path is no directory
        [cut-short] the file is incomplete
        [no-text] the content is no UTF-8 text
        [in-use] the address is in use
        [no-such-address] this machine has no such address
        [refused] the other side refused the connection
        [broken] the connection broke
        [unreachable] the network is unreachable
        [late] it took too long
        [busy] it is in use
        [memory] there is not enough memory
       *[other] the system failed
    }

# Damage of the record
damage-kind = { $kind ->
        [frame] an entry was altered
        [replaced] an entry was exchanged or replayed
        [cut] acknowledged entries are gone from the end
        [missing] the file is missing
        [header] the head was altered
        [slot] a mark of place in the head was altered
        [padding] unused bytes were altered
        [entry] an entry cannot be understood
       *[other] it is damaged
    }
damage = { $file } at byte { $offset }: { $what }
damage-one = { $file } at byte { $offset }: { $what } (entry { $entry } of the journal)
damage-several = { $file } at byte { $offset }: { $what } (entries { $first } to { $last } of the journal)
spot-entry = entry { $entry } of the journal
spot-byte = { $file } at byte { $offset }
spot-record = record { $id }
spot-journal = the journal
spot-journal-end = the journal's end
spot-roster = the roster
spot-cache = the cache
spot-attachment = attachment { $name }
spot-content = content { $hash }
flaw-twice = the record stands twice
flaw-missing = it is missing, while later records of its chain are here
flaw-late = it stands after a later record of its chain
flaw-cut-off = the server has a receipt up to { $received }; the records after { $newest } are gone
flaw-older-copy = an older copy of the data directory is in the place of a newer one: this record was here, and is gone; synchronise, and look for the newer copy
flaw-lists = the lists do not say what the records say; delete the cache directory
flaw-no-content = the content is not on this laptop
flaw-not-there = it is not there
flaw-no-record = it is no record
flaw-no-roster = it is no roster
chain-other-writer = record { $id } is of another chain
chain-other-agency = record { $id } is of agency { $found }, its chain of { $expected }
chain-gap = record { $id } does not follow: number { $expected } of its chain is missing
chain-fork = record { $id } exists twice with different content
chain-behind = record { $id } does not belong after number { $tip } of its chain
chain-broken = record { $id } does not follow the one before it: one was altered, removed or inserted
chain-clock-back = record { $id }: its logical time does not follow that of the record before it
chain-not-opened = record { $id } begins a chain without saying whose it is
envelope-form = it has not the form of a record
envelope-body = record { $id }: the body is not the one that was signed
envelope-too-large = the record's body has { $bytes } bytes, too many
envelope-agency = an agency's code has 1 to 255 bytes
envelope-other-key = record { $id }: the key is not its writer's
envelope-clock = the record's logical time does not follow that of the one before it
crypto-profile = cryptographic profile { $number } is not known to this version; update auxlog
crypto-key = it is no valid public key
crypto-signature = the signature does not match
event = the body of a record (kind { $kind }, schema { $schema }) cannot be understood

# Journal and keys
journal-not-saved = { $file } was not saved: { $why }
journal-exists = a journal is here already
journal-missing = there is no journal here; run `auxlog init`, or `auxlog restore` from a backup
journal-other-key = no segment of the journal opens with this key: the keyring is another data directory's, or every head is damaged
journal-not-whole = the journal is damaged: run `auxlog verify`, then `auxlog sync` or `auxlog restore`, and try again
journal-too-large = an entry has { $bytes } bytes, too many
keys-wrong-passphrase = wrong passphrase for { $officer }
keys-no-officer = { $officer } has no keys here
keys-has-keys = { $officer } has keys here already; change the passphrase instead
keys-exists = { $path } exists already
keys-missing = { $path } is not there; run `auxlog init`, or `auxlog restore` from a backup
keys-damaged = { $path } and its copy are damaged; restore a backup, or use the agency's recovery key
keys-no-recovery = this data directory has no recovery key; without a passphrase it can't be opened
keys-wrong-recovery = this recovery key does not open this data directory
keys-cost = the cost of key derivation is out of range
blob-too-large = the file is too large; make the picture smaller or split the document
blob-other-content = what was received is not the content { $hash }; it is fetched again from the beginning
blob-damaged = { $path }: the attachment was altered on the disk; it is fetched again where the server has it

# The evidence bundle
evidence-record = number { $place } of the chain of { $writer }: { $why }
evidence-no-task = the record of the task itself, { $id }, is missing
evidence-emptied = record { $id } has no content, and no order to mask it is in the bundle
evidence-changed = the bundle or its page was changed after { $exporter } exported it
evidence-provision = provision { $cite } does not read as in rulebook { $rulebook }
bundle-not-text = it is no evidence bundle of auxlog: the file is no text
bundle-too-large = it is no evidence bundle of auxlog: the file is too large
bundle-no-place = the page must have one place for the bundle
bundle-absent = it is no evidence bundle of auxlog: there is none in the file
bundle-cut-short = the file ends within the bundle
bundle-several = there is more than one bundle in the file
bundle-base64 = the bundle's characters were altered (they are no whole Base64)
bundle-content = the bundle's content cannot be understood
bundle-newer = the bundle has version { $version }, this auxlog reads 1; update it
bundle-empty-chain = a chain in it has no record
bundle-two-chains = a writer has more than one chain in it
bundle-other-exporter = the opening record is not the exporter's
vouched-form = the server's word cannot be understood
vouched-newer = the server's word has version { $version }; update auxlog
vouched-signature = a signature is not that of the server's key { $key }
vouched-other-record = the server vouches for another record { $id } than the bundle has
vouched-left-out = record { $id } about the task is in the server's log and was left out of the bundle
vouched-proof = the proof that record { $id } is in the server's log does not hold
vouched-agency = the server's word on record { $id } is about the log of { $agency }

# The line to the server
line = { $kind ->
        [name] the network knows no server of this name
        [refused] the other side refused the connection
        [unreachable] the network is unreachable
        [late] the connection took too long
       *[broke] the connection broke
    }
line-certificate = the server's certificate is not trusted (in the program's words: { $said })
connection-address = { $address } is no server's address; give http://127.0.0.1:PORT or https://HOST
connection-plain = { $address } would send personal data unencrypted; give an https:// address
connection-tls = no encrypted connection can be made (in the program's words: { $said })
aside-signature = its signature does not match
aside-chain = it does not follow the one before
aside-fork = another record stands in its place
aside-body = its content cannot be read
aside-unknown-writer = the server does not know its writer
aside-opening = the chain does not say whose it is as the office does
aside-day-full = as much came of this officer's key today (UTC) as the server takes of one in a day. The rest goes tomorrow by itself; where so many records are honest work, the administrator sets auxlog serve --device-records and --device-records-mib higher
aside-agency-full = the agency has as many records as the server takes of one. The administrator sets auxlog serve --agency-records-mib higher, once the disk has room
beyond-field = { $field ->
    [reason] the reason
    [measure] the measure
    [text] the text
    [note] the note
    [name] the name
    [officer_name] the officer's name
    [agency_name] the agency's name
    [certificate] the certificate's number
    [officer] the officer's number
    [auxiliary] the auxiliary's number
    [agency] the agency's code
    [order] the order's number
    [authority] the authority
    [unit] the unit
    [source] the source
   *[other] { $field }
}
beyond-long = { $field } has { $length } characters (entries), at most { $most } are possible
beyond-hidden = { $field } holds characters that are not seen (control, direction, zero width): remove them

# A task's fields, and the words that may stand in them
unstated = not stated
nobody = nobody
field-text = What
field-at = Start
field-until = End
field-items = Duties
field-auxiliaries = Auxiliaries
field-mode = Manner
    .assisted = assisting
    .independent = independent
field-presence = Supervision
    .on-scene = on the scene
    .remote = by phone or video
    .none = not there
field-officers = Officers
field-arranged = Arranged
    .yes = yes
    .no = no
field-legal-basis = Legal basis
field-circumstances = Circumstances
    .as-officer = in an officer's name
    .fine-quota = under a quota of fines or charges
    .pay-linked = pay tied to fines or charges
    .state-secret = touches state secrets
    .needs-qualification = needs a professional qualification
    .substantive-effect = affects rights or duties in substance
    .no-substantive-effect = affects no rights or duties in substance
    .at-enterprise = at an enterprise
field-place = Place
field-counterpart = Counterpart
field-case-number = Case no.
field-agency = Agency

# The words that all share: verdicts, steps, standings
verdict-permitted = permitted
verdict-needs-review = for review
verdict-improper = improper?
answers-agency = agency
answers-officer = officer
answers-auxiliary = auxiliary
status-clear = clear
status-open = open
status-statement = statement
status-confirmed = confirmed
status-dismissed = dismissed
status-annulled = annulled
decision-note = Note
decision-propose = Propose
decision-confirm = Confirm
decision-dismiss = Dismiss
decision-statement = Ask for statement
decision-order-correction = Order correction
decision-criticise = Circulate criticism
decision-return = Return to the dispatching company
decision-transfer = Transfer to the judicial authorities
decision-facts = Establish the facts
decision-evidence = List the evidence
decision-reopen = Reopen
decision-sample-confirm = Not in order
decision-sample-dismiss = In order
closed-own = You logged, arranged or took part in this task: another officer decides
closed-decided = It has been decided
closed-undecided = It has not been decided yet
closed-nothing = There is nothing to decide
closed-no-facts = First record the facts (article 30)
closed-no-evidence = First list the evidence (article 30)
closed-not-asked = First ask the auxiliary for a statement (article 30)
closed-not-heard = First take down the statement, or that it is waived (article 30)
closed-not-theirs = No finding is one that the auxiliary answers for
closed-role = The officer's role does not take this step
closed-nobody = The agency's office has not certified this key
closed-own-decision = Whoever took the decision does not reopen it; another officer does
closed-not-given-again = Judging again on what was known then gives another verdict, or cannot be done
closed-unsaid = It does not say why, or which measure
closed-emptied = The log says so; the content that would show why was masked
standing-active = active
standing-suspended = suspended
standing-departed = departed
against-departed = has left
against-suspended = suspended
against-no-certificate = no valid certificate
against-untrained = training not passed
against-failed-assessment = assessment failed
against-underage = under eighteen
against-other-agency = another agency's
against-unknown = that day to be looked into
against-other = may not be sent
outcome-passed = passed
outcome-failed = failed
outcome-none = none
attention-held = held
attention-set-aside = set aside
attention-verdict-differs = verdict differs
attention-stale = had not received it yet
attention-void = void step
attention-time-doubtful = time doubtful
attention-order-refused = order not carried out

# What was refused or failed
open-no-directory = { $dir } holds no data: run auxlog init or auxlog enroll first.
open-exists = { $dir } holds data already: open it, or choose another place with --data-dir.
open-which-officer = Choose the officer.
open-wrong-passphrase = Wrong passphrase; try again.
open-wrong-passphrase-wait = Wrong passphrase; try again in { $seconds } s.
open-awaits-approval = Enrolment awaits the administrator's approval; the same command goes on from there.
open-busy = Another auxlog is writing here: close it first. Commands that only read are not affected.
open-busy-pid = Another auxlog (process { $pid }) is writing here: close it first. Commands that only read are not affected.
open-damaged = The record is damaged: { $what }. Run auxlog verify, then auxlog restore or auxlog sync.
ledger-other-content = { $reference } was logged before ({ $id }) with other content: choose another reference, or amend that record.
ledger-nothing-changed = Nothing was changed, so there is nothing to correct.
ledger-not-named = The task does not name { $person }.
ledger-no-task = There is no task { $id }.
ledger-own-task = You logged or arranged this task: you may note and propose, another officer decides.
ledger-nothing-to-decide = There is nothing to decide on this task.
ledger-not-open = This step is not open: { $why }.
ledger-missing-measure = Name the measure taken.
ledger-missing-person = Please say against whom.
ledger-missing-reason = Give the reason.
ledger-not-maskable = Record { $id } cannot be masked: other records are checked or judged by it.
ledger-may-not-mask = Only a supervisor or administrator of the agency orders that a record be masked. If you are one, synchronise first: the server says who is.
ledger-mask-unsent = The server has not got record { $id } yet: synchronise with the laptop of whoever wrote it before it is masked.
ledger-mask-own = Record { $id } is your own, or about a task that you logged, planned or took part in: another officer orders that it be masked.
ledger-too-large = { $file } is too large: at most { $mebibytes } MiB can be attached. Make the picture smaller or split the document.
ledger-roster-from-server = The roster of this laptop comes from its server: import it there.
ledger-not-saved = Not saved: { $why }. Free some space and try again; what was acknowledged is there.
ledger-not-saved-remedy = Not saved: { $why }. { $remedy }
ledger-unreadable = { $place } cannot be read: { $why }. Run auxlog verify.
task-no-id = the reference is missing: every task has one
task-nothing-stated = choose an activity or write what was done
task-unknown-code = no activity has the code "{ $code }"; auxlog rules list shows all
task-both-effects = a substantive effect and none exclude each other
task-until-before-at = it ends before it begins
task-until-without-at = an end is given without a beginning
task-in-future = it lies in the future: plan it, and log it once it is done
task-empty-person = person { $position } has no number
task-person-twice = { $id } is named twice
task-too-long = { $length } characters are more than { $most }
task-too-many = { $length } entries are more than { $most }
task-control = it holds a control character: remove it
file-refused = { $path }: { $why }
file-refused-remedy = { $path }: { $why }. { $remedy }
disk-read-only = the file system is read-only
disk-read-only-remedy = Have it mounted writable, or name another place.
disk-not-permitted = this user may not write there
disk-not-permitted-remedy = Become the user whose directory it is, or have them give it to you.
disk-full = the disk is full
disk-full-remedy = Free some space and try again; what was acknowledged is there.
join-other-officer = The code is for { $officer } of { $agency }; this data directory is another's. Give the right one with --data-dir.
join-other-server = This laptop is enrolled with { $server }, whose key is another. Where the office says that its server has a new key, and gives it to you, do the same again with --server-key KEY; else do not join, and tell the administrator.
join-other-key = Its key is { $found } and not the one given: this is another server, which was not joined. Tell the administrator.
join-not-enrolled = This laptop is enrolled with no server: run auxlog enroll first.
join-key = The server's key kept here cannot be read: enrol again.
join-address = The server's address cannot be used ({ $why }).
join-again = Enrol again with a new code.
sync-unreachable = The server cannot be reached: { $why }.
sync-timeout = The server did not answer in time.
sync-not-the-server = Something else than an auxlog server answered (HTTP { $status }, { $media }): log in to this network, or check the address.
sync-bad-answer = The server's answer is not usable: { $why }
sync-other-server = The server's key is another than the one that this laptop enrolled with. Ask the administrator: where the server has a new key, enrol again with the code and the key that the office gives you (`auxlog enroll --code … --server-key …`). Everything recorded stays here.
sync-log-differs = The server's log of { $size } records is not what its root says: a record was left out, exchanged or altered. It is pulled anew at the next synchronisation; if this comes again, tell the administrator.
sync-history-rewritten = The history of the server's { $old } records was rewritten. Tell the administrator, and keep this laptop's data.
sync-two-views = The server showed another laptop another log of { $size } records than this one and signed both (record { $of }). Tell the administrator, and keep this laptop's data: the two together prove it.
sync-roster-not-issued = The server gives a roster (version { $version }) that its log does not say was issued. It is not taken; the one that is here stays. Tell the administrator, who checks the server with auxlog admin verify.
sync-fork = Record { $id } exists twice with different content: the key is frozen: a copy of this laptop went on with it. On the copy run `auxlog officer renew` and enrol again with a new code; a supervisor lets the other go on.
sync-set-aside = The server set record { $id } aside ({ $reason }); what follows it waits. Tell the administrator.
sync-stalled = The server took none of the records; try again later.
sync-full = The server takes no more records for now: { $reason }. They are safe on this laptop and sent with a later synchronisation.
sync-ledger = The records here: { $why }
refused-clock-skew = This laptop's clock is too far from the server's: set it, then try again.
refused-revoked = This laptop was revoked by the administrator. The records are safe here; ask the administrator.
refused-frozen = This laptop's key is frozen: it sends its own records and does nothing else until the administrator settles it.
refused-own-device = It is about a device of your own: another officer has to decide.
refused-wrong-digits = These are not the digits of this device. Have the officer read them from the laptop once more: the same auxlog enroll command shows them (auxlog officer renew for a key that took over). Where they still differ, something may stand between laptop and server: revoke the device and give a new code.
refused-quota = The server takes no more attachments for now: the limit of the day or of the agency is reached, or its disk is nearly full. They stay here and are sent with a later synchronisation; all records are with the server. Tell the administrator if it lasts.
refused-server-damaged = The server's database is damaged or was altered; trying again does not help. Your records are safe here. Tell the administrator: auxlog admin verify names the place.
refused-unauthenticated = The server does not know this laptop's key: enrol again with a new code.
refused-forbidden = The server does not accept this laptop or this officer's role: ask the administrator.
refused-upgrade-needed = The server speaks a newer protocol only: update auxlog.
refused-rate-limited = Too many requests: try again later.
refused-unavailable = The server cannot do it now: try again later.
refused-other = The server refused ({ $name }).

## Registers
entry-misfit = { $field }: { $why }
misfit-missing = nothing stands there
misfit-kind = cannot be “{ $said }”
misfit-no-choice = cannot be “{ $said }”; write one of: { $choices }
misfit-too-long = longer than { $most } characters
misfit-hidden = it holds a mark that is not seen
misfit-unknown = “{ $said }” is not known, or more than one is called so
misfit-no-field = there is no such field
entry-closed-nobody = The agency's office does not vouch for your key: this step would have no effect.
entry-closed-role = Your role does not take this step.
entry-closed-state = This step is not open in the present state.
entry-closed-needs = To be done first: { $step }.
entry-closed-apart = You took “{ $step }” yourself: somebody else takes this one.
entry-closed-own = You made this entry: another takes this step.
entry-closed-unsaid = Say why.
entry-closed-field = “{ $field }” does not hold what it must.
entry-closed-gone = The entry was annulled or masked, or has not arrived.
entry-closed-no-step = There is no such step.
entry-against = { $findings } To do it all the same, give a reason.
entry-no-reason = Say why.
entry-no-files = Files are attached on a laptop, not here.
entry-state-annulled = annulled
entry-no-server = A field is to be sealed to the server, and there is no server: join one (auxlog enroll), or leave the field out.
entry-nothing-changed = Nothing was changed, so there is nothing to correct.
entry-none = There is no entry “{ $id }”. See their numbers with list.
