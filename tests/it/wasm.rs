//! The core on wasm32: run through an interpreter, and measured.

use std::io::Write as _;
use std::process::{Command, Stdio};

use wasmi::{Engine, Instance, Linker, Module, Store};

use crate::workspace;

/// What the edge lets a function weigh, gzipped, in bytes.
const GZIPPED_LIMIT: usize = 1 << 20;

/// The core in an interpreter.
pub(crate) struct Wasm {
    store: Store<()>,
    instance: Instance,
}

impl Wasm {
    pub(crate) fn start() -> Self {
        let engine = Engine::default();
        let bytes = std::fs::read(workspace::wasm_module()).unwrap();
        let module = Module::new(&engine, &bytes).unwrap();
        let imports: Vec<_> = module
            .imports()
            .map(|import| import.name().to_owned())
            .collect();
        assert!(
            imports.is_empty(),
            "a pure core needs nothing from its host: {imports:?}"
        );
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .unwrap();
        Self { store, instance }
    }

    /// The state document of a golden log.
    pub(crate) fn document(&mut self, json: &str) -> String {
        let store = &mut self.store;
        let begin = self
            .instance
            .get_typed_func::<(), ()>(&*store, "begin")
            .unwrap();
        let push = self
            .instance
            .get_typed_func::<u64, ()>(&*store, "push")
            .unwrap();
        let run = self
            .instance
            .get_typed_func::<u32, u32>(&*store, "run")
            .unwrap();
        let pull = self
            .instance
            .get_typed_func::<u32, u64>(&*store, "pull")
            .unwrap();
        begin.call(&mut *store, ()).unwrap();
        for chunk in json.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            push.call(&mut *store, u64::from_le_bytes(word)).unwrap();
        }
        let len = run
            .call(&mut *store, u32::try_from(json.len()).unwrap())
            .unwrap();
        let mut answer = Vec::new();
        for index in 0..len.div_ceil(8) {
            answer.extend(pull.call(&mut *store, index).unwrap().to_le_bytes());
        }
        answer.truncate(usize::try_from(len).unwrap());
        String::from_utf8(answer).unwrap()
    }
}

#[test]
fn the_core_answers_on_wasm32() {
    let mut wasm = Wasm::start();
    let empty = r#"{"format": 1, "hash": "sha256", "refs": {}, "objects": []}"#;
    let expected = "{\n  \"format\": 1,\n  \"logs\": [],\n  \"repository\": null\n}\n";
    assert_eq!(wasm.document(empty), expected);
    assert!(wasm.document("{}").starts_with("error: "));
}

#[test]
fn the_core_is_small_on_wasm32() {
    let bytes = std::fs::read(workspace::wasm_module()).unwrap();
    let mut gzip = Command::new("gzip")
        .args(["-9", "-n", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = gzip.stdin.take().unwrap();
    let writer = {
        let bytes = bytes.clone();
        std::thread::spawn(move || stdin.write_all(&bytes).unwrap())
    };
    let gzipped = gzip.wait_with_output().unwrap().stdout.len();
    writer.join().unwrap();
    println!("core on wasm32: {} bytes, {gzipped} gzipped", bytes.len());
    assert!(gzipped > 10_000, "nothing was measured");
    assert!(
        gzipped <= GZIPPED_LIMIT,
        "{gzipped} bytes gzipped, {GZIPPED_LIMIT} allowed"
    );
}
