//! A bad line: a TCP proxy that loses answers, and servers that are not ours.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Forwards to `server`, but closes the connection instead of handing the first `lose` answers on.
pub(crate) async fn losing(server: SocketAddr, lose: u32) -> String {
    forwarding(server, move |number| number < lose).await
}

/// The same, but loses the last of every `nth` answers.
pub(crate) async fn losing_every(server: SocketAddr, nth: u32) -> String {
    forwarding(server, move |number| number % nth == nth - 1).await
}

/// Forwards to `server`; closes the connection instead of handing on the answers of which `lost`,
/// told how many came before, says so.
async fn forwarding(server: SocketAddr, lost: impl Fn(u32) -> bool + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let address = listener.local_addr().expect("an address");
    let answers = Arc::new(AtomicU32::new(0));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (answers, lost) = (Arc::clone(&answers), lost.clone());
            tokio::spawn(async move {
                let Ok(upstream) = TcpStream::connect(server).await else { return };
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = upstream.into_split();
                let up = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
                let mut answer = vec![0; 1 << 16];
                while let Ok(read) = from_server.read(&mut answer).await {
                    if read == 0 || lost(answers.fetch_add(1, Ordering::SeqCst)) {
                        break;
                    }
                    if to_client.write_all(&answer[..read]).await.is_err() {
                        break;
                    }
                }
                up.abort();
            });
        }
    });
    format!("http://{address}")
}

/// Forwards to `server`, but cuts each connection once `bytes` have passed on it, both ways
/// together: a line that is cut at intervals, without the waiting.
pub(crate) async fn cutting(server: SocketAddr, bytes: usize) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let address = listener.local_addr().expect("an address");
    let cuts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&cuts);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let cuts = Arc::clone(&counted);
            tokio::spawn(async move {
                let Ok(mut upstream) = TcpStream::connect(server).await else { return };
                let (mut up, mut down) = (vec![0; 1 << 12], vec![0; 1 << 12]);
                let mut left = bytes;
                loop {
                    let (to, piece) = tokio::select! {
                        read = client.read(&mut up) => (&mut upstream, read.ok().map(|read| &up[..read])),
                        read = upstream.read(&mut down) => (&mut client, read.ok().map(|read| &down[..read])),
                    };
                    let Some(piece) = piece.filter(|piece| !piece.is_empty()) else { return };
                    if piece.len() > left {
                        cuts.fetch_add(1, Ordering::SeqCst);
                        return;
                    }
                    left -= piece.len();
                    if to.write_all(piece).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (format!("http://{address}"), cuts)
}

/// Answers every request with these bytes, whatever it is.
pub(crate) async fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 1 << 20];
                let mut read = 0;
                // Until the body is there too, so that the client is not cut off while it writes.
                while let Ok(more) = client.read(&mut request[read..]).await {
                    read += more;
                    let head = String::from_utf8_lossy(&request[..read]).to_lowercase();
                    let Some(end) = head.find("\r\n\r\n") else {
                        if more == 0 {
                            return;
                        }
                        continue;
                    };
                    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
                    let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
                    if more == 0 || read >= end + 4 + length {
                        break;
                    }
                }
                let _ = client.write_all(answer.as_bytes()).await;
            });
        }
    });
    format!("http://{address}")
}

/// Forwards to `server`, but flips a bit of the byte at `at` in the body of each answer.
pub(crate) async fn altering(server: SocketAddr, at: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(upstream) = TcpStream::connect(server).await else { return };
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = upstream.into_split();
                let up = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
                // Up to the body's beginning, and from there what came of it.
                let (mut head, mut passed) = (Vec::new(), None);
                let mut answer = vec![0; 1 << 16];
                while let Ok(read) = from_server.read(&mut answer).await {
                    if read == 0 {
                        break;
                    }
                    let bytes = &mut answer[..read];
                    let mut start = 0;
                    if passed.is_none() {
                        head.extend_from_slice(bytes);
                        if let Some(end) = head.windows(4).position(|end| end == b"\r\n\r\n") {
                            start = end + 4 - (head.len() - read);
                            passed = Some(0);
                        }
                    }
                    if let Some(passed) = &mut passed {
                        if let Some(byte) = at.checked_sub(*passed).and_then(|at| bytes.get_mut(start + at)) {
                            *byte ^= 1;
                        }
                        *passed += read - start;
                    }
                    if to_client.write_all(&answer[..read]).await.is_err() {
                        break;
                    }
                }
                up.abort();
            });
        }
    });
    format!("http://{address}")
}

/// Forwards to `server`, but answers requests that begin with `what` itself: nothing is found there.
pub(crate) async fn denying(server: SocketAddr, what: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(mut upstream) = TcpStream::connect(server).await else { return };
                let (mut up, mut down) = (vec![0; 1 << 16], vec![0; 1 << 16]);
                loop {
                    let (to, piece) = tokio::select! {
                        read = client.read(&mut up) => (&mut upstream, read.ok().map(|read| &up[..read])),
                        read = upstream.read(&mut down) => (&mut client, read.ok().map(|read| &down[..read])),
                    };
                    let Some(piece) = piece.filter(|piece| !piece.is_empty()) else { return };
                    if piece.starts_with(what.as_bytes()) {
                        let none = "HTTP/1.1 404 Not Found\r\nauxlog-error: not_found\r\ncontent-length: 0\r\n\r\n";
                        let _ = client.write_all(none.as_bytes()).await;
                    } else if to.write_all(piece).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("http://{address}")
}
