import Presentation
import Testing
import WorkloadModel

@testable import Ledger

private func text(_ write: (inout CSVWriter) -> Void) -> String {
  var csv = CSVWriter()
  write(&csv)
  return String(decoding: csv.bytes, as: UTF8.self)
}

/// A reader of RFC 4180 for what was written.
private func records(_ text: String) -> [[String]] {
  var records: [[String]] = []
  var record: [String] = []
  var field = String.UnicodeScalarView()
  var isQuoted = false
  let scalars = Array(text.unicodeScalars)
  var at = 0
  while at < scalars.count {
    let scalar = scalars[at]
    if isQuoted {
      if scalar == "\"", at + 1 < scalars.count, scalars[at + 1] == "\"" {
        field.append(scalar)
        at += 1
      } else if scalar == "\"" {
        isQuoted = false
      } else {
        field.append(scalar)
      }
    } else if scalar == "\"" {
      isQuoted = true
    } else if scalar == "," || scalar == "\r" {
      record.append(String(field))
      field = String.UnicodeScalarView()
      if scalar == "\r" {
        records.append(record)
        record = []
        at += 1
      }
    } else {
      field.append(scalar)
    }
    at += 1
  }
  return records
}

struct `CSV` {
  @Test(
    arguments: [
      ("=1+1", "'=1+1"), ("+49", "'+49"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("=", "'="),
      (" =1", " '=1"), ("\"=1", "\"'=1"), ("\u{FF1D}1", "'\u{FF1D}1"), ("\t=1", "\t'=1"),
      // Whoever reads it with another separator finds no formula behind that one either.
      ("a;=1", "a;'=1"), ("a,-1", "a,'-1"), ("a\n=1", "a\n'=1"), ("a;\"=1\"", "a;\"'=1\""),
      ("'=1", "'=1"), ("a=b-c+d@e", "a=b-c+d@e"), ("llama-3.1", "llama-3.1"), ("", ""),
    ])
  func `a text is no formula to a spreadsheet, and exact to all others`(_ given: String, _ shown: String) {
    func written(isForSpreadsheet: Bool) -> [[String]] {
      var csv = CSVWriter(isForSpreadsheet: isForSpreadsheet)
      csv.field(given)
      csv.field(-1)
      csv.endRecord()
      return records(String(decoding: csv.bytes, as: UTF8.self))
    }
    #expect(written(isForSpreadsheet: true) == [[shown, "-1"]])
    #expect(written(isForSpreadsheet: false) == [[given, "-1"]])
  }

  @Test func `a workload is one record under its titles`() {
    let lines = text { csv in
      csv.header(Workload.csvTitles)
      Sample.workload().write(to: &csv)
    }
    #expect(
      lines == #"""
        id,name,type,status,statusReason,project,cluster,owner,cpuMillicores,memoryBytes,gpuMilli,url,labels,\#
        sourceID,attempt,version,createdAt,createdBy,queuedAt,startedAt,finishedAt,deleteRequestedAt,\#
        deleteRequestedBy,deletedAt,deletedBy,lastPosition\#r
        0192f3a4-5b6c-7d8e-8123-456789abcdef,bert,Fine-Tuning,Delete Requested,done with it,vision,c1,alice,\#
        4500,68719476736,1000,https://lab.example/?a=1&b=2,"{""a"":""b"",""x\""y"":""""}",job-1,2,7,\#
        2023-07-01T12:00:00Z,alice,2023-07-01T12:00:01Z,2023-07-01T12:00:02Z,2023-07-01T12:01:00Z,\#
        2023-07-01T14:30:00Z,bob,,,41\#r

        """#)
  }

  @Test func `an event is one record under its titles`() {
    let lines = text { csv in
      csv.header(Event.csvTitles)
      Sample.event(.created, .created(Sample.creation)).write(to: &csv)
      Sample.event(.quotaSet, .quota(owner: "bob", QuotaLimits(gpuMilli: 2000))).write(to: &csv)
    }
    #expect(
      lines == #"""
        position,id,source,type,subject,time,timeBound,recordedtime,actor,reporter,project,version,applied,\#
        anomaly,observed,implied,reason,command,member,name,workloadType,cluster,owner,cpuMillicores,\#
        memoryBytes,gpuMilli,url,sourceID,labels\#r
        17,17,urn:uuid:s,workload.created,0192f3a4-5b6c-7d8e-8123-456789abcdef,2023-07-01T12:00:00Z,,\#
        2023-07-01T12:00:01Z,alice,alice@host,vision,1,true,,false,,,,,bert,Fine-Tuning,c1,alice,500,1024,0,,\#
        job-1,"{""k"":""v""}"\#r
        17,17,urn:uuid:s,quota.set,,2023-07-01T12:00:00Z,,2023-07-01T12:00:01Z,alice,alice@host,vision,0,true,\#
        ,false,,,,,,,,bob,,,2000,,,\#r

        """#)
  }

  @Test func `data is exact, formulas too`() {
    let written = text { csv in
      csv.field("=SUM(A1)")
      csv.field("a,b")
      csv.field("say \"no\"")
      csv.field("two\nlines")
      csv.field(nil as String?)
      csv.endRecord()
    }
    #expect(written == "=SUM(A1),\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\r\n")
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `whatever is written is read back`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<5).map { _ in (0..<4).map { _ in random.text() } }
    let written = text { csv in
      for row in rows {
        for field in row { csv.field(field) }
        csv.endRecord()
      }
    }
    #expect(records(written) == rows, "seed \(seed)")
  }

  @Test func `every list has as many fields as titles`() {
    func check<Item: Presentable>(_ item: Item) {
      let read = records(
        text { csv in
          csv.header(Item.csvTitles)
          item.write(to: &csv)
        })
      #expect(read.count == 2 && read[0].count == read[1].count, "\(Item.self)")
      for isWide in [false, true] {
        let context = RowContext(isWide: isWide)
        #expect(Item.columns(context).count == item.cells(context).count, "\(Item.self)")
      }
    }
    check(Sample.workload())
    check(Sample.event(.deleted))
    check(PendingDeletion(workload: Sample.workload(), requestedAt: nil, requestedBy: nil, attempts: 1))
    check(
      QuotaStatus(project: "p", owner: "o", limits: QuotaLimits(), held: Resources(), running: 0))
    check(ProjectStatus(name: "p", members: ["a"], workloads: 1, createdAt: nil, createdBy: nil))
  }
}
