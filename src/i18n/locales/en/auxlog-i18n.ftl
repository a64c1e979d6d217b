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
field-place = Place
field-counterpart = Counterpart
field-case-number = Case no.
field-agency = Agency
